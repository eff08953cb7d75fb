//! What signatures of both versions are made with.

use hmac::digest::KeyInit;
use hmac::{Hmac, Mac};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::cams::encode::hex;
use crate::steps;

/// What stands in place of a security token that is shown.
pub const MASK: &[u8] = b"***";

/// Takes the same time wherever two texts differ.
pub fn is_same(left: &str, right: &str) -> bool {
    steps::over(left.as_bytes()).ct_eq(right.as_bytes()).into()
}

/// SHA-256 in hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(steps::over(bytes)))
}

/// HMAC with SHA-256.
pub fn hmac_sha256(key: &[u8], text: &str) -> Vec<u8> {
    hmac::<Hmac<Sha256>>(key, text)
}

/// HMAC with SHA-1.
pub fn hmac_sha1(key: &[u8], text: &str) -> Vec<u8> {
    hmac::<Hmac<Sha1>>(key, text)
}

/// Keys of any length are allowed, so a key is never refused.
fn hmac<M: Mac + KeyInit>(key: &[u8], text: &str) -> Vec<u8> {
    let Ok(mut mac) = <M as KeyInit>::new_from_slice(key) else { return Vec::new() };
    mac.update(steps::over(text.as_bytes()));
    mac.finalize().into_bytes().to_vec()
}
