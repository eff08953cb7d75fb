//! Percent-encoding, for addresses that we write.

use std::fmt::Write;

use crate::steps;

/// A text as a segment of a path, or as the value of a parameter: all but unreserved characters (RFC 3986) are encoded.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in steps::each(text.bytes()) {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            // Writing to a string can't fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}
