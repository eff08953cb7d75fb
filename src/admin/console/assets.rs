//! Style sheet and script of the console, compiled in. Their names change with their content, so browsers may keep them.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::Path;

/// Where they lie.
pub const ROOT: &str = "/_emulator/assets/";

static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("console", "css", "text/css; charset=utf-8", include_str!("assets/console.css")));
static SCRIPT: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("htmx", "js", "text/javascript; charset=utf-8", include_str!("assets/htmx.min.js")));
static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_str!("assets/icon.svg")));

struct Asset {
    /// `console-0123456789abcdef.css`
    name: String,
    content_type: &'static str,
    content: &'static str,
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, content: &'static str) -> Self {
        Self { name: format!("{stem}-{:016x}.{extension}", digest(content)), content_type, content }
    }
}

/// The address of the style sheet.
pub fn style() -> String {
    format!("{ROOT}{}", STYLE.name)
}

/// The address of the script.
pub fn script() -> String {
    format!("{ROOT}{}", SCRIPT.name)
}

/// The address of the icon.
pub fn icon() -> String {
    format!("{ROOT}{}", ICON.name)
}

/// Answers with the file of that name.
pub async fn serve(name: Path<String>) -> HttpResponse {
    let Some(asset) = [&STYLE, &SCRIPT, &ICON].into_iter().find(|asset| asset.name == *name) else {
        return HttpResponse::NotFound().content_type("text/plain; charset=utf-8").body("There is no such file.\n");
    };
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.content_type))
        .insert_header((CACHE_CONTROL, "private, max-age=31536000, immutable"))
        .body(asset.content)
}

/// FNV-1a: it tells one version of a file from the next, and guards nothing.
fn digest(content: &str) -> u64 {
    content.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
