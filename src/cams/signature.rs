//! Signatures of both versions: what is signed, and whether it was signed with the key's secret.

pub mod version1;
pub mod version3;

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::request::{Manner, Request};
use crate::steps;

/// Why a signature doesn't count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Objection {
    /// It isn't there.
    Missing(&'static str),
    /// It can't be read, or leaves out what has to be signed.
    Incomplete,
    /// Made in a way that isn't served.
    Method,
    /// `SignatureVersion` of version 1.
    Version,
    /// It is another one than it should be. What should have been signed is shown to the caller, without the security token.
    Mismatch { string_to_sign: String, canonical_request: Option<String> },
}

/// What the holder of another secret is told of a request; without what can't be known of one that isn't signed as it should be.
pub fn mismatch(request: &Request<'_>) -> Objection {
    match request.manner {
        Manner::Parameters => {
            let string_to_sign = version1::string_to_sign(request.method, &request.parameters, true);
            Objection::Mismatch { string_to_sign, canonical_request: None }
        }
        Manner::Headers => match version3::check(request, "") {
            Err(objection @ Objection::Mismatch { .. }) => objection,
            _ => Objection::Mismatch { string_to_sign: String::new(), canonical_request: Some(String::new()) },
        },
    }
}

/// What stands in place of a security token that is shown.
const MASK: &[u8] = b"***";

/// Takes the same time wherever two texts differ.
fn is_same(left: &str, right: &str) -> bool {
    steps::over(left.as_bytes()).ct_eq(right.as_bytes()).into()
}

/// SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    super::encode::hex(&Sha256::digest(steps::over(bytes)))
}

fn hmac_sha256(key: &[u8], text: &str) -> Vec<u8> {
    hmac::<Hmac<Sha256>>(key, text)
}

fn hmac_sha1(key: &[u8], text: &str) -> Vec<u8> {
    hmac::<Hmac<Sha1>>(key, text)
}

/// Keys of any length are allowed, so a key is never refused.
fn hmac<M: Mac + KeyInit>(key: &[u8], text: &str) -> Vec<u8> {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else { return Vec::new() };
    mac.update(steps::over(text.as_bytes()));
    mac.finalize().into_bytes().to_vec()
}
