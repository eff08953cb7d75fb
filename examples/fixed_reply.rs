//! The ceiling that `scripts/bench` measures `sync-asmx` against: the bare web server.
//!
//! It reads the whole body of every POST and answers one fixed `SaveAccountPhone` envelope. It parses nothing and stores
//! nothing, so what `sync-asmx` is slower by is the price of our own work: the envelope, the phone number and the ledger.
//!
//! ```sh
//! cargo run --release --example fixed_reply -- --listen 127.0.0.1:0
//! ```

use std::error::Error;
use std::io::Write;

use actix_web::http::header::{CONTENT_TYPE, HeaderValue};
use actix_web::{App, HttpResponse, HttpServer, rt, web};

/// The limit of `sync-asmx` (and of ASP.NET), so that both servers take the same bodies.
const BODY_LIMIT: usize = 4096 * 1024;

/// The success answer of ASP.NET, byte for byte as `sync-asmx` writes it.
const REPLY: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/""#,
    r#" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>"#,
    r#"<SaveAccountPhoneResponse xmlns="https://app.smartbutton.com/Services/Sync"><SaveAccountPhoneResult>"#,
    r#"<ReturnCode>0</ReturnCode><SavedPhoneNumber>+1 519-555-0123</SavedPhoneNumber>"#,
    r#"</SaveAccountPhoneResult></SaveAccountPhoneResponse></soap:Body></soap:Envelope>"#,
);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    rt::System::new().block_on(serve(listen_address(&arguments)?))
}

/// Answers until stopped. The number of workers stays at actix-web's default, as it does in `sync-asmx`.
async fn serve(listen: &str) -> Result<(), Box<dyn Error>> {
    let app = || App::new().app_data(web::PayloadConfig::new(BODY_LIMIT)).default_service(web::post().to(reply));
    let server = HttpServer::new(app).bind(listen)?;
    let address = server.addrs()[0];

    // The socket listens from `bind` on: a caller who connects on reading this line waits in its queue at most.
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on http://{address}")?;
    stdout.flush()?;

    Ok(server.run().await?)
}

/// Taking `Bytes` makes actix-web read the body to its end before it calls us.
async fn reply(_body: web::Bytes) -> HttpResponse {
    let content_type = HeaderValue::from_static("text/xml; charset=utf-8");
    HttpResponse::Ok().insert_header((CONTENT_TYPE, content_type)).body(REPLY)
}

/// `--listen ADDR:PORT`, or a free port of the loopback address.
fn listen_address(arguments: &[String]) -> Result<&str, &'static str> {
    match arguments {
        [] => Ok("127.0.0.1:0"),
        [flag, address] if flag == "--listen" => Ok(address),
        _ => Err("usage: fixed_reply [--listen ADDR:PORT]"),
    }
}
