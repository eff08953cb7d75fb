//! Reads forms as browsers send them.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Query;
use actix_web::{FromRequest, HttpRequest};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;

use super::page_error::PageError;
use crate::admin::json::unreceived;
use crate::admin::problem::Problem;
use crate::body::receive;

/// The longest form that is read, in bytes.
const MAX_BODY: usize = 64 << 10;

/// The body of a request, as the form of a `T`.
pub struct Form<T>(T);

impl<T> Form<T> {
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Form<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = PageError;
    type Future = LocalBoxFuture<'static, Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            if !is_form(&request) {
                let detail = "expected Content-Type: application/x-www-form-urlencoded";
                return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, detail).into());
            }
            let body = receive(request.headers(), &mut payload, MAX_BODY).await;
            let body = body.map_err(|error| PageError::Problem(unreceived(&error, MAX_BODY)))?;
            let text = str::from_utf8(&body).map_err(|error| PageError::Unreadable(error.to_string()))?;
            match Query::<T>::from_query(text) {
                Ok(form) => Ok(Self(form.into_inner())),
                Err(error) => Err(PageError::Unreadable(error.to_string())),
            }
        })
    }
}

fn is_form(request: &HttpRequest) -> bool {
    let value = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}
