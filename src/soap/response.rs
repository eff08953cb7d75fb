//! Answers by HTTP, with the headers that ASP.NET gives them.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
};

pub const PLAIN: &str = "text/plain; charset=utf-8";
pub const HTML: &str = "text/html; charset=utf-8";

/// What was asked for.
pub fn page(content_type: &'static str, body: impl Into<String>) -> HttpResponse {
    with_cache(StatusCode::OK, content_type, "private, max-age=0", body)
}

/// A page for people. The original sends no such policy; ours sees to it that the page does what it is for, and nothing that
/// somebody might put into it (our choice).
pub fn html(body: impl Into<String>) -> HttpResponse {
    const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; \
                          form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
    let mut response = page(HTML, body);
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// What went wrong instead.
pub fn error(status: StatusCode, content_type: &'static str, body: impl Into<String>) -> HttpResponse {
    with_cache(status, content_type, "private", body)
}

/// What went wrong, without a word.
pub fn empty(status: StatusCode, content_type: &'static str) -> HttpResponse {
    error(status, content_type, "")
}

/// The methods of the site, which IIS tells before ASP.NET is asked.
pub fn options() -> HttpResponse {
    const METHODS: &str = "OPTIONS, TRACE, GET, HEAD, POST";
    const PUBLIC: HeaderName = HeaderName::from_static("public");
    HttpResponse::Ok().insert_header((ALLOW, METHODS)).insert_header((PUBLIC, METHODS)).finish()
}

/// The queue is full: the caller should come back soon (our choice).
pub fn overloaded() -> HttpResponse {
    HttpResponse::ServiceUnavailable()
        .insert_header((RETRY_AFTER, "1"))
        .insert_header((CONTENT_TYPE, PLAIN))
        .body("Too many calls are waiting. Try again in a second.\r\n")
}

fn with_cache(
    status: StatusCode,
    content_type: &'static str,
    cache: &'static str,
    body: impl Into<String>,
) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((CACHE_CONTROL, cache))
        .insert_header((CONTENT_TYPE, content_type))
        .body(body.into())
}
