//! The two halves of a call, for the benchmark of the hot path and for the fuzzer. Not for other use.

use std::sync::LazyLock;

use actix_web::web::Bytes;

use super::body::Body;
use super::call::{self, Message};
use super::encoding;
use super::envelope::{MessageError, read};
use super::media_type::MediaType;
use super::version::Version;
use super::write::{write_fault, write_result};
use crate::contract::{Contract, DEFAULT_NAMESPACE, Method, Output, Route, SAVE_ACCOUNT_PHONE, TextField};
use crate::domain::ReturnCode;

static CONTRACT: LazyLock<Contract> = LazyLock::new(|| Contract::new(DEFAULT_NAMESPACE));

const METHOD: Method = Method { name: SAVE_ACCOUNT_PHONE.name, operation: &SAVE_ACCOUNT_PHONE };
const SAVED_PHONE_NUMBER: TextField = SAVE_ACCOUNT_PHONE.response.text("SavedPhoneNumber");

/// Reads an envelope down to the request's fields, and says whether a token was there.
pub fn parse_envelope(bytes: &[u8]) -> bool {
    let media_type = MediaType("text/xml; charset=utf-8");
    let decoded = encoding::decode(bytes, media_type);
    let route = Route { method: METHOD, namespace: DEFAULT_NAMESPACE };
    let call = read(&decoded, media_type, Version::Soap11, &CONTRACT, route);
    let request = call.ok().and_then(|call| call.request);
    request.is_some_and(|request| request.security_token().is_some())
}

/// Writes the answer to a save.
pub fn write_envelope(saved_phone_number: &str) -> String {
    let output = Output::default().text(SAVED_PHONE_NUMBER, saved_phone_number.to_owned());
    write_result(Version::Soap11, DEFAULT_NAMESPACE, METHOD, ReturnCode::Ok.number(), &output)
}

/// What a message comes to before its operation runs.
#[derive(Debug, PartialEq, Eq)]
pub enum Understood {
    /// A call: version, namespace and fields, for comparing.
    Call(String),
    /// An envelope with a fault.
    Fault(String),
    /// A status without a word.
    Refused,
}

/// Walks all decisions about a message, down to the fields of the record.
pub fn understand(content_type: &str, soap_action: Option<&str>, body: &[u8]) -> Understood {
    let body = Body::Whole(Bytes::copy_from_slice(body));
    let message = Message { content_type: content_type.into(), soap_action: soap_action.map(Into::into), body };
    let routed = call::route(&message, &CONTRACT);
    let called = routed.as_ref().map_err(explain).and_then(|routed| {
        let call = routed.read(&CONTRACT).map_err(|error| explain(&error))?;
        Ok(format!("{:?} {} {:?}", call.version, call.namespace, call.request))
    });
    called.map_or_else(|error| error, Understood::Call)
}

fn explain(error: &MessageError) -> Understood {
    match error {
        MessageError::Fault(version, fault) => Understood::Fault(write_fault(*version, fault)),
        MessageError::IllFormed(..) | MessageError::UnsupportedMediaType(_) => Understood::Refused,
    }
}
