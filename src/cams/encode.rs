//! Percent-encoding as signatures need it: read in any SDK's manner, written in one (RFC 3986).

use std::borrow::Cow;

use crate::steps;

/// What a part of a query or a form stands for. `+` is a space; a `%` that isn't followed by two hexadecimal digits stands for
/// itself (our choice: no SDK sends one).
pub fn decode(part: &[u8]) -> Cow<'_, [u8]> {
    if !steps::each(part).any(|byte| matches!(byte, b'%' | b'+')) {
        return part.into();
    }
    let mut decoded = Vec::with_capacity(part.len());
    let mut rest = part;
    while let [first, behind @ ..] = rest {
        rest = behind;
        steps::count(1);
        match (first, behind) {
            (b'+', _) => decoded.push(b' '),
            (b'%', [high, low, behind @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                decoded.push(digit(*high) << 4 | digit(*low));
                rest = behind;
            }
            _ => decoded.push(*first),
        }
    }
    decoded.into()
}

fn digit(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => byte - b'0',
        _ => (byte.to_ascii_lowercase() - b'a') + 10,
    }
}

/// Adds a text to `to`, with all but unreserved characters encoded in upper-case digits (documented).
pub fn encode_onto(to: &mut String, text: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for &byte in steps::each(text) {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            to.push(byte.into());
        } else {
            to.push('%');
            to.push(DIGITS[usize::from(byte >> 4)].into());
            to.push(DIGITS[usize::from(byte & 15)].into());
        }
    }
}

/// Bytes in lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_manner_of_encoding_stands_for_the_same() {
        for (written, meant) in [
            ("a+b", "a b"),
            ("a%20b", "a b"),
            ("%2a", "*"),
            ("*", "*"),
            ("%2B", "+"),
            ("%C3%A9", "é"),
            ("%", "%"),
            ("%4", "%4"),
            ("%zz", "%zz"),
            ("%%41", "%A"),
            ("", ""),
        ] {
            assert_eq!(String::from_utf8_lossy(&decode(written.as_bytes())), meant, "{written}");
        }
    }

    #[test]
    fn only_unreserved_characters_stay() {
        let mut encoded = String::new();
        encode_onto(&mut encoded, "cams-a b*~/+é_.'()!".as_bytes());
        assert_eq!(encoded, "cams-a%20b%2A~%2F%2B%C3%A9_.%27%28%29%21");
        assert_eq!(hex(&[0, 0xaf]), "00af");
    }
}
