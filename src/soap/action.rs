//! Which operation a message asks for: by its SOAP action, or by its Body (ASP.NET).

use std::borrow::Cow;

use super::contract::{Contract, Route};
use super::fault::Fault;

/// The operation that a `SOAPAction` header names: one pair of quotes around it is stripped, then it is URL-decoded, then it
/// must be an action exactly. The body is not looked at.
///
/// # Errors
/// A fault, since in SOAP 1.1 there is no second way to the operation.
pub fn by_soap_action<'c>(contract: &'c Contract, value: &str) -> Result<Route<'c>, Fault> {
    if value == "\"" {
        return Err(Fault::soap_action_is_one_quote());
    }
    let action = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    let action = url_decode(action);
    contract.by_action(&action).ok_or_else(|| Fault::soap_action_not_recognized(&action))
}

/// The operation that the `action` parameter of a media type names, if it names one.
pub fn by_parameter<'c>(contract: &'c Contract, value: &str) -> Option<Route<'c>> {
    contract.by_action(&url_decode(value))
}

/// .NET's `HttpUtility.UrlDecode`: `+` is a blank, `%41` and `%u0041` are characters, anything else stays as it is.
pub fn url_decode(text: &str) -> Cow<'_, str> {
    if !text.bytes().any(|byte| matches!(byte, b'%' | b'+')) {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let hexadecimal = |range: std::ops::Range<usize>| {
        let digits = text.get(range).filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))?;
        u32::from_str_radix(digits, 16).ok()
    };
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escaped = match bytes[at..] {
            [b'%', b'u', ..] => hexadecimal(at + 2..at + 6).map(|code| {
                let character = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
                (character.to_string().into_bytes(), 6)
            }),
            [b'%', ..] => hexadecimal(at + 1..at + 3).and_then(|code| Some((vec![u8::try_from(code).ok()?], 3))),
            [b'+', ..] => Some((vec![b' '], 1)),
            _ => None,
        };
        let (mut replacement, length) = escaped.unwrap_or_else(|| (vec![bytes[at]], 1));
        decoded.append(&mut replacement);
        at += length;
    }
    Cow::Owned(String::from_utf8_lossy(&decoded).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_soap_action_is_unquoted_once_and_decoded() {
        let contract = Contract::new("urn:mine");
        let refused = |action: &str| Err(Fault::soap_action_not_recognized(action));
        for (value, expected) in [
            ("urn:mine/SaveAccountPhone", Ok("urn:mine")),
            ("\"urn:mine/SaveAccountPhone\"", Ok("urn:mine")),
            ("urn%3Amine%2fSaveAccountPhone", Ok("urn:mine")),
            ("urn%u003Amine/SaveAccountPhone", Ok("urn:mine")),
            ("\"urn:mine/SaveAccountPhone", refused("\"urn:mine/SaveAccountPhone")),
            ("'urn:mine/SaveAccountPhone'", refused("'urn:mine/SaveAccountPhone'")),
            ("\"\"", refused("")),
            ("", refused("")),
            ("a+b%zz%", refused("a b%zz%")),
            ("\"", Err(Fault::soap_action_is_one_quote())),
        ] {
            assert_eq!(by_soap_action(&contract, value).map(|route| route.namespace), expected, "{value}");
        }
    }
}
