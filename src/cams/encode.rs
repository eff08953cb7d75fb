//! Queries and forms in any SDK's manner, and what signatures are written in.

use std::borrow::Cow;

use percent_encoding::percent_decode;

use crate::steps;

/// What a part of a query or a form stands for. `+` is a space; a `%` that isn't followed by two hexadecimal digits stands for
/// itself (our choice: no SDK sends one).
pub fn decode(part: &[u8]) -> Cow<'_, [u8]> {
    let part = steps::over(part);
    if !part.contains(&b'+') {
        return percent_decode(part).into();
    }
    let spaced: Vec<u8> = part.iter().map(|&byte| if byte == b'+' { b' ' } else { byte }).collect();
    percent_decode(&spaced).collect::<Vec<_>>().into()
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
    use crate::percent::encode;

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
        let encoded = encode("cams-a b*~/+é_.'()!").to_string();
        assert_eq!(encoded, "cams-a%20b%2A~%2F%2B%C3%A9_.%27%28%29%21");
        assert_eq!(hex(&[0, 0xaf]), "00af");
    }
}
