//! What the guard adds to every answer of the control plane, and how it says no.

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCEPT, ALLOW, CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, LOCATION,
    REFERRER_POLICY, WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse, ResponseError};
use askama::Template;

use super::{Guard, Refusal, SIGN_IN};
use crate::admin::health::admit_probe;
use crate::admin::problem::Problem;

/// The middleware around all that [`Guard`] protects. Without a guard among the application's data nobody is let in. Who isn't is
/// answered whether the service is there, all the same.
///
/// # Errors
/// None of its own.
pub async fn protect<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let refusal = match request.app_data::<Data<Guard>>() {
        Some(guard) => guard.check(request.head()).err(),
        None => Some(Refusal::Forbidden("there is no guard".to_owned())),
    };
    let is_for_people = wants_page(request.headers());
    let mut response = match refusal {
        Some(refusal) if !admit_probe(request.request()) => {
            let refusal = refuse(&refusal, is_for_people, request.method());
            request.into_response(refusal).map_into_right_body()
        }
        _ => {
            let response = next.call(request).await?;
            match problem(&response, is_for_people) {
                Some(problem) => response.into_response(problem).map_into_right_body(),
                None => response.map_into_left_body(),
            }
        }
    };
    dress(response.headers_mut());
    Ok(response)
}

fn refuse(refusal: &Refusal, is_for_people: bool, method: &Method) -> HttpResponse {
    match refusal {
        Refusal::Unauthorized if is_for_people && [Method::GET, Method::HEAD].contains(method) => {
            HttpResponse::SeeOther().insert_header((LOCATION, SIGN_IN)).finish()
        }
        Refusal::Unauthorized => {
            let detail = "give the server's --admin-token, as Authorization: Bearer TOKEN";
            let mut response = show(&Problem::new(StatusCode::UNAUTHORIZED, detail), is_for_people);
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            response
        }
        Refusal::TooManyGuesses => show(&too_many_guesses(), is_for_people),
        Refusal::Forbidden(detail) => show(&Problem::new(StatusCode::FORBIDDEN, detail), is_for_people),
    }
}

/// What is told to those whose token wasn't looked at.
pub fn too_many_guesses() -> Problem {
    let detail = "there were too many wrong tokens; try again in a minute";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, detail)
}

/// The document for an error that has none, such as a method that isn't served.
fn problem<B>(response: &ServiceResponse<B>, is_for_people: bool) -> Option<HttpResponse> {
    let is_error = response.status().is_client_error() || response.status().is_server_error();
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !is_error || media_type.starts_with("application/problem+json") || media_type.starts_with("text/html") {
        return None;
    }
    let allow = response.headers().get(ALLOW).cloned();
    let detail = match &allow {
        Some(methods) => format!("expected {}", methods.to_str().unwrap_or("another method")),
        None if response.status() == StatusCode::NOT_FOUND => {
            "the control plane has no such path; /_emulator/openapi.json describes those that it has".to_owned()
        }
        None => "/_emulator/openapi.json describes what can be asked for".to_owned(),
    };
    let mut document = show(&Problem::new(response.status(), detail), is_for_people);
    if let Some(allow) = allow {
        document.headers_mut().insert(ALLOW, allow);
    }
    Some(document)
}

/// What a browser is shown.
#[derive(Template)]
#[template(path = "refusal.html")]
struct Page<'p> {
    detail: &'p str,
}

fn show(problem: &Problem, is_for_people: bool) -> HttpResponse {
    match (Page { detail: problem.detail() }).render() {
        Ok(page) if is_for_people => {
            HttpResponse::build(problem.status_code()).content_type("text/html; charset=utf-8").body(page)
        }
        _ => problem.error_response(),
    }
}

/// Whether a browser asks, for a person.
fn wants_page(headers: &HeaderMap) -> bool {
    headers.get_all(ACCEPT).any(|value| value.to_str().is_ok_and(|value| value.contains("text/html")))
}

/// Pages run no script but our own, nobody frames them, and nothing is kept unless it says so.
fn dress(headers: &mut HeaderMap) {
    for (name, value) in [
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
             form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // With no-referrer, browsers would send our own forms with `Origin: null`.
        (REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    // The console's assets say for themselves how long they are good.
    if !headers.contains_key(CACHE_CONTROL) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
}
