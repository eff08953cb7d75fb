//! Percent-encoding (RFC 3986), for addresses that we write, and for signatures.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_encode};

use crate::steps;

/// All but unreserved characters.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A text as a segment of a path, or as the name or the value of a parameter.
pub fn encode<T: AsRef<[u8]> + ?Sized>(text: &T) -> PercentEncode<'_> {
    percent_encode(steps::over(text).as_ref(), ENCODED)
}
