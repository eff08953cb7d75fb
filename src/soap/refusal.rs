//! The answer to a call that comes to nothing.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::envelope::MessageError;
use super::response::{empty, error};
use super::write::write_fault;
use crate::calls;

/// Answers a call that comes to nothing.
pub fn explain(problem: &MessageError, noted: &mut calls::Call) -> HttpResponse {
    match problem {
        MessageError::Fault(version, fault) => {
            noted.outcome.fault = Some(fault.summary().to_owned());
            let envelope = write_fault(*version, fault);
            error(StatusCode::INTERNAL_SERVER_ERROR, version.content_type(), envelope)
        }
        MessageError::IllFormed(version) => empty(StatusCode::BAD_REQUEST, version.content_type()),
        MessageError::UnsupportedMediaType(version) => {
            empty(StatusCode::UNSUPPORTED_MEDIA_TYPE, version.content_type())
        }
    }
}
