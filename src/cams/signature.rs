//! Signatures of both versions: what is signed, and whether it was signed with the key's secret.

pub mod version1;
pub mod version3;

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

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

/// What stands in place of a security token that is shown.
const MASK: &[u8] = b"***";

/// Takes the same time wherever two texts differ.
fn is_same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

fn sha256(bytes: &[u8]) -> String {
    super::encode::hex(&Sha256::digest(bytes))
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
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}
