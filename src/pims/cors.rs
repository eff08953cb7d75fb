//! Pages of other origins, such as the web views of an app, if a setting lets them call (CORS).

use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_METHOD, HeaderMap, HeaderValue, ORIGIN, VARY,
};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpResponse};

use super::Endpoint;

/// The middleware around the API: tells browsers that pages of the allowed origins may call, and answers what they ask beforehand.
/// To all others it does nothing, so browsers keep their pages from calling.
///
/// # Errors
/// None of its own.
pub async fn allow_origins<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, Error> {
    let endpoint = request.app_data::<Data<Endpoint>>();
    let Some(origin) = endpoint.and_then(|endpoint| allowed(&endpoint.allowed_origins, request.headers())) else {
        return Ok(next.call(request).await?.map_into_left_body());
    };
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match is_preflight {
        true => request.into_response(preflight()).map_into_right_body(),
        false => next.call(request).await?.map_into_left_body(),
    };
    response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    response.headers_mut().append(VARY, HeaderValue::from_static("Origin"));
    Ok(response)
}

/// The origin that calls, if it is one of these; `*` stands for all.
fn allowed(origins: &[String], headers: &HeaderMap) -> Option<HeaderValue> {
    let origin = headers.get(ORIGIN)?;
    let is_allowed = |allowed: &String| allowed == "*" || allowed.as_bytes() == origin.as_bytes();
    origins.iter().any(is_allowed).then(|| origin.clone())
}

fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "POST"))
        .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "Content-Type, X-Pims-Instance"))
        .insert_header((ACCESS_CONTROL_MAX_AGE, "600"))
        .finish()
}
