//! The pages of ASP.NET for requests that no service takes. They tell nothing about the request.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use askama::Template;

use super::response::{HTML, error};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    title: &'static str,
    description: &'static str,
    /// Whether to say what is where, for those who missed it (our choice).
    is_not_found: bool,
}

impl ErrorPage {
    fn answer(&self, status: StatusCode) -> HttpResponse {
        // Writing to memory can't fail; were it to, the status says enough.
        error(status, HTML, self.render().unwrap_or_default())
    }
}

/// What callers from elsewhere see of an exception, and of a method that isn't allowed.
pub fn runtime_error(status: StatusCode) -> HttpResponse {
    let description = "The application could not serve the request. Callers from elsewhere are not told the details.";
    ErrorPage { title: "Runtime Error", description, is_not_found: false }.answer(status)
}

/// Nothing lives at the path.
pub fn not_found() -> HttpResponse {
    let description = "There is nothing at this address, or there is no more.";
    let page = ErrorPage { title: "The resource cannot be found.", description, is_not_found: true };
    page.answer(StatusCode::NOT_FOUND)
}
