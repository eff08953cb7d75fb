//! How people get in: the token once, then a cookie.

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::console::Form;
use super::guard::{COOKIE_NAME, Guard, LIFE, Refusal, too_many_guesses};
use super::problem::Problem;
use crate::soap::Endpoint;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct Page {
    is_wrong: bool,
}

/// What the form sends.
#[derive(Deserialize)]
pub struct Given {
    token: String,
}

/// The form.
///
/// # Errors
/// 500 if the page can't be written.
pub async fn page(guard: Data<Guard>) -> Result<HttpResponse, Problem> {
    match guard.asks_for_token() {
        true => show(StatusCode::OK, false),
        false => Ok(go_to("/_emulator/")),
    }
}

/// Begins a session.
///
/// # Errors
/// 500 if the page can't be written.
pub async fn sign_in(
    guard: Data<Guard>,
    endpoint: Data<Endpoint>,
    request: HttpRequest,
    form: Form<Given>,
) -> Result<HttpResponse, Problem> {
    let session = match guard.sign_in(request.head(), form.token.trim()) {
        Ok(session) => session,
        Err(Refusal::TooManyGuesses) => return Err(too_many_guesses()),
        Err(_) => return show(StatusCode::UNAUTHORIZED, true),
    };
    Ok(with_cookie(go_to("/_emulator/"), &session, LIFE.as_secs(), is_over_https(&endpoint, &request)))
}

/// Ends the session.
pub async fn sign_out(guard: Data<Guard>, endpoint: Data<Endpoint>, request: HttpRequest) -> HttpResponse {
    guard.sign_out(request.headers());
    with_cookie(go_to(super::guard::SIGN_IN), "", 0, is_over_https(&endpoint, &request))
}

/// Whether the browser speaks HTTPS, with the service itself or with a proxy in front of it.
fn is_over_https(endpoint: &Endpoint, request: &HttpRequest) -> bool {
    endpoint.site.is_tls || endpoint.site.origin(request).starts_with("https:")
}

fn show(status: StatusCode, is_wrong: bool) -> Result<HttpResponse, Problem> {
    let failed = |_| Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "the page can't be written");
    let page = Page { is_wrong }.render().map_err(failed)?;
    let mut response = HttpResponse::build(status);
    if status == StatusCode::UNAUTHORIZED {
        response.insert_header(("WWW-Authenticate", "Bearer"));
    }
    Ok(response.content_type("text/html; charset=utf-8").body(page))
}

fn go_to(path: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, path)).finish()
}

fn with_cookie(mut response: HttpResponse, session: &str, life: u64, is_over_https: bool) -> HttpResponse {
    let secure = if is_over_https { "; Secure" } else { "" };
    let cookie = format!("{COOKIE_NAME}={session}; Path=/; Max-Age={life}; HttpOnly; SameSite=Strict{secure}");
    if let Ok(value) = cookie.try_into() {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}
