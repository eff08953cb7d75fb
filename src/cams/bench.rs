//! The parts of a call that need no ledger, for the benchmark of the hot path, for tests of many requests, and for the fuzzer.
//! Not for other use.

use actix_web::HttpResponse;
use actix_web::http::header::HeaderMap;
use actix_web::http::{Method as HttpMethod, Version};
use uuid::Uuid;

use super::answer::{Done, Reply};
use super::parameters::Parameters;
use super::request::{Manner, Request};
use super::signature::{Objection, version1, version3};
use crate::calls::Head;
use crate::percent::encode;

/// Whether a request was signed with the secret, in whichever of the two manners. Notes it for the journal on the way, so that this
/// is tried as well.
pub fn is_signed(method: &str, query: &str, headers: &HeaderMap, body: &[u8], secret: &str) -> bool {
    let request = Request::of(method, query, headers, body);
    let target = format!("/?{query}").parse().unwrap_or_default();
    drop(Head::new(&HttpMethod::POST, &target, Version::HTTP_11, headers));
    let checked = match request.manner {
        Manner::Headers => version3::check(&request, secret),
        Manner::Parameters => version1::check(request.method, &request.parameters, secret),
    };
    checked.is_ok()
}

/// What version 1 would sign a call with.
pub fn signature1(method: &str, query: &str, form: &str, secret: &str) -> String {
    let parameters = Parameters::default().and(query.as_bytes()).and(form.as_bytes());
    version1::sign(&version1::string_to_sign(method, &parameters, false), secret)
}

/// What version 3 would sign a call with: asked with any signature, the check says what it should have been.
pub fn signature3(method: &str, query: &str, headers: &HeaderMap, body: &[u8], secret: &str) -> Option<String> {
    match version3::check(&Request::of(method, query, headers, body), secret) {
        Err(Objection::Mismatch { string_to_sign, .. }) => Some(version3::sign(&string_to_sign, secret)),
        _ => None,
    }
}

/// A text as a part of a query.
pub fn encoded(text: &str) -> String {
    encode(text).to_string()
}

/// The answer to a call that succeeded.
pub fn write_answer(headers: &HeaderMap, number: &str) -> HttpResponse {
    let data = vec![
        ("PhoneNumber", number.to_owned()),
        ("Id", "82828893332".to_owned()),
        ("CodeVerificationStatus", "NOT_VERIFIED".to_owned()),
    ];
    let done = Done { message: "None", data: Some(data) };
    Reply::to(&Request::of("POST", "", headers, b""), Uuid::nil()).done("GetPhoneNumberVerificationStatus", done)
}
