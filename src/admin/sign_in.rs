//! How people get in: the token once, then a cookie.

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, SET_COOKIE};
use actix_web::web::{Data, Form};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde::Deserialize;

use super::guard::{COOKIE_NAME, Guard, LIFE};
use super::problem::Problem;

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
pub async fn sign_in(guard: Data<Guard>, form: Form<Given>) -> Result<HttpResponse, Problem> {
    let Some(session) = guard.sign_in(form.token.trim()) else { return show(StatusCode::UNAUTHORIZED, true) };
    let secure = if guard.is_over_https() { "; Secure" } else { "" };
    let life = LIFE.as_secs();
    let cookie = format!("{COOKIE_NAME}={session}; Path=/; Max-Age={life}; HttpOnly; SameSite=Strict{secure}");
    Ok(with_cookie(go_to("/_emulator/"), &cookie))
}

/// Ends the session.
pub async fn sign_out(guard: Data<Guard>, request: HttpRequest) -> HttpResponse {
    guard.sign_out(request.headers());
    with_cookie(go_to(super::guard::SIGN_IN), &format!("{COOKIE_NAME}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"))
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

fn with_cookie(mut response: HttpResponse, cookie: &str) -> HttpResponse {
    if let Ok(value) = cookie.try_into() {
        response.headers_mut().append(SET_COOKIE, value);
    }
    response
}
