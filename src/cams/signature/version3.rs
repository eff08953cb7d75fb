//! Signature version 3, `ACS3-HMAC-SHA256` (documented): over method, path, query, signed headers, and the hash of the body.

use std::borrow::Cow;
use std::collections::HashSet;

use actix_web::http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName};

use super::authorization::Authorization;
use super::digest::{MASK, hmac_sha256, is_same, sha256};
use super::objection::Objection;
use crate::cams::encode::hex;
use crate::cams::parameters::Parameters;
use crate::cams::request::Request;
use crate::steps;

/// The one algorithm that is served; the SDKs also know `ACS3-HMAC-SM3` and `ACS3-RSA-SHA256`.
const ALGORITHM: &str = "ACS3-HMAC-SHA256";
const CONTENT_HASH: &str = "x-acs-content-sha256";
/// How the headers begin that are of this signature.
const OWN: &str = "x-acs-";

/// Whether a call was signed with the secret.
///
/// # Errors
/// [`Objection`].
pub fn check(request: &Request<'_>, secret: &str) -> Result<(), Objection> {
    let text = request.header(AUTHORIZATION.as_str()).ok_or(Objection::Missing("Signature"))?;
    let authorization = Authorization::parse(&text).ok_or(Objection::Incomplete)?;
    if authorization.algorithm != ALGORITHM {
        return Err(Objection::Method);
    }
    let signature = authorization.signature.filter(|text| !text.is_empty()).ok_or(Objection::Missing("Signature"))?;
    let names = authorization.signed_headers.and_then(SignedHeaders::parse).ok_or(Objection::Incomplete)?;
    let content_hash = request.header(CONTENT_HASH).ok_or(Objection::Incomplete)?;
    if !names.cover(request.headers) {
        return Err(Objection::Incomplete);
    }
    let canonical = |is_shown| canonical_request(request, &names, &content_hash, is_shown);
    let string_to_sign = string_to_sign(&canonical(false));
    let is_signed = is_same(&sign(&string_to_sign, secret), signature);
    if is_signed && is_same(&sha256(request.body), &content_hash) {
        return Ok(());
    }
    Err(Objection::Mismatch { string_to_sign, canonical_request: Some(canonical(true)) })
}

/// The signature of a text.
pub fn sign(string_to_sign: &str, secret: &str) -> String {
    hex(&hmac_sha256(secret.as_bytes(), string_to_sign))
}

/// What is signed.
pub fn string_to_sign(canonical_request: &str) -> String {
    format!("{ALGORITHM}\n{}", sha256(canonical_request.as_bytes()))
}

/// Names of headers, in the order in which they were signed, each once: with one twice, a short request could ask for a long
/// text to be signed.
struct SignedHeaders<'a> {
    text: &'a str,
    names: Vec<Cow<'a, str>>,
}

impl<'a> SignedHeaders<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let lower = |name: &'a str| match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => Cow::Owned(name.to_ascii_lowercase()),
            false => Cow::Borrowed(name),
        };
        let names: Vec<_> = steps::parts(text.split(';')).map(lower).collect();
        let read = Self { text, names };
        let are_different = read.each().collect::<HashSet<_>>().len() == read.names.len();
        are_different.then_some(read)
    }

    /// Whether `host` is signed, and of what was sent `content-type` and every header that begins with `x-acs-` (documented).
    fn cover(&self, headers: &HeaderMap) -> bool {
        let names: HashSet<&str> = self.each().collect();
        let has_to_be = |name: &&str| name.starts_with(OWN) || *name == CONTENT_TYPE.as_str();
        names.contains("host")
            && headers.keys().map(HeaderName::as_str).filter(has_to_be).all(|name| names.contains(name))
    }

    fn each(&self) -> impl Iterator<Item = &str> {
        steps::parts(self.names.iter().map(|name| &**name))
    }
}

fn canonical_request(request: &Request<'_>, names: &SignedHeaders<'_>, content_hash: &str, is_shown: bool) -> String {
    let query = Parameters::default().and(request.query.as_bytes()).canonical(|_, value| Some(value));
    let mut text = format!("{}\n{}\n{query}\n", request.method, request.path);
    for name in names.each() {
        text.push_str(name);
        text.push(':');
        let mut values: Vec<_> = request.headers.get_all(name).map(|value| value.as_bytes().trim_ascii()).collect();
        // Of a name that comes more than once; no page says how (our choice).
        if name.starts_with(OWN) {
            values.sort_unstable();
        }
        for (place, value) in values.into_iter().enumerate() {
            let value = if is_shown && name == "x-acs-security-token" { MASK } else { value };
            text.push_str(if place == 0 { "" } else { "," });
            text.push_str(&String::from_utf8_lossy(steps::over(value)));
        }
        text.push('\n');
    }
    text + "\n" + names.text + "\n" + content_hash
}

#[cfg(test)]
mod tests;
