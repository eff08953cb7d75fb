//! The connection is closed, and no answer is sent.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

/// Found in the extensions of a response that isn't sent.
pub struct HangUp;

/// No answer at all.
pub fn hang_up() -> HttpResponse {
    let mut response = HttpResponse::new(StatusCode::SERVICE_UNAVAILABLE);
    response.extensions_mut().insert(HangUp);
    response
}
