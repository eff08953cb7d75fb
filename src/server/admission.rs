//! Which requests are let in, as their head tells.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap, UPGRADE};

use crate::soap::{Endpoint, MAX_UPLOAD};

/// The answer to a request whose body isn't read at all, if it is one; nor is it asked for with `100 Continue`.
pub fn refusal(headers: &HeaderMap, endpoint: &Endpoint) -> Option<HttpResponse> {
    let status = if asks_for_websocket(headers) {
        StatusCode::BAD_REQUEST
    } else if is_too_long(headers) {
        StatusCode::PAYLOAD_TOO_LARGE
    } else {
        return None;
    };
    let mut response = HttpResponse::build(status).force_close().finish();
    endpoint.site.dress(&mut response);
    Some(response)
}

/// IIS goes on as if nobody had asked. actix-http, whatever `Content-Length` says, takes all that follows on the
/// connection for the body, and behind a proxy that may be the calls of others.
fn asks_for_websocket(headers: &HeaderMap) -> bool {
    headers.get_all(UPGRADE).any(|value| value.as_bytes().trim_ascii().eq_ignore_ascii_case(b"websocket"))
}

/// IIS refuses these as well, with 404.13 or 413.
fn is_too_long(headers: &HeaderMap) -> bool {
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.trim().parse::<u64>().ok());
    length.is_some_and(|length| length > MAX_UPLOAD)
}
