//! The answer to a call that comes to nothing.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

use super::envelope::MessageError;
use super::response::{empty, error};
use super::version::Version;
use super::write::write_fault;
use crate::calls;
use crate::domain::Reason;

/// Answers a call that comes to nothing.
pub fn explain(problem: &MessageError, noted: &mut calls::Call) -> HttpResponse {
    match problem {
        MessageError::Fault(version, fault) => {
            noted.outcome.fault = Some(fault.summary().to_owned());
            let envelope = write_fault(*version, fault);
            error(StatusCode::INTERNAL_SERVER_ERROR, version.content_type(), envelope)
        }
        MessageError::IllFormed(version, error) => {
            noted.outcome.because(Reason::of(format_args!("the XML is ill-formed: {error}")));
            empty(StatusCode::BAD_REQUEST, version.content_type())
        }
        MessageError::UnsupportedMediaType(version) => {
            noted.outcome.because(match version {
                Version::Soap11 => "Content-Type isn't text/xml, which an envelope of SOAP 1.1 has to have",
                Version::Soap12 => "Content-Type is neither application/soap+xml nor, with a SOAPAction, text/xml",
            });
            empty(StatusCode::UNSUPPORTED_MEDIA_TYPE, version.content_type())
        }
    }
}
