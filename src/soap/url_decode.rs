//! .NET's `HttpUtility.UrlDecode`, for SOAP actions and queries (ASP.NET).

use std::borrow::Cow;

use crate::steps;

/// `+` is a blank, `%41` and `%u0041` are characters, anything else stays as it is. Bytes that are no UTF-8 become U+FFFD.
pub fn url_decode(text: &str) -> Cow<'_, str> {
    if !steps::each(text.bytes()).any(|byte| matches!(byte, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let mut units = Vec::with_capacity(text.len());
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, behind @ ..] = rest {
        rest = behind;
        steps::count(1);
        match (first, behind) {
            (b'+', _) => bytes.push(b' '),
            // A UTF-16 unit, so that two of them may make one character.
            (b'%', [b'u', digits @ ..]) if hexadecimal(digits, 4).is_some() => {
                flush(&mut bytes, &mut units);
                units.extend(hexadecimal(digits, 4));
                rest = &digits[4..];
            }
            (b'%', digits) if hexadecimal(digits, 2).is_some() => {
                bytes.extend(hexadecimal(digits, 2).and_then(|code| u8::try_from(code).ok()));
                rest = &digits[2..];
            }
            _ => bytes.push(*first),
        }
    }
    flush(&mut bytes, &mut units);
    Cow::Owned(String::from_utf16_lossy(&units))
}

fn hexadecimal(bytes: &[u8], length: usize) -> Option<u16> {
    let digits = bytes.get(..length).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))?;
    u16::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

fn flush(bytes: &mut Vec<u8>, units: &mut Vec<u16>) {
    units.extend(String::from_utf8_lossy(steps::over(bytes)).encode_utf16());
    bytes.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_decoded_and_all_else_stays() {
        for (encoded, decoded) in [
            ("urn:a/b", "urn:a/b"),
            ("urn%3Aa%2fb", "urn:a/b"),
            ("urn%u003Aa", "urn:a"),
            ("a+b", "a b"),
            ("%C3%A9", "\u{E9}"),
            ("%E9", "\u{FFFD}"),
            ("%uD83D%uDE00", "\u{1F600}"),
            ("%uD83D", "\u{FFFD}"),
            ("%", "%"),
            ("%4", "%4"),
            ("%zz%u00zz%u12", "%zz%u00zz%u12"),
            ("%+1", "% 1"),
        ] {
            assert_eq!(url_decode(encoded), decoded, "{encoded}");
        }
    }
}
