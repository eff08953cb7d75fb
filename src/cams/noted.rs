//! A call as the journal keeps it: without what proves who made it.

use std::borrow::Cow;

use super::encode::decode;
use super::request::{Request, text};
use crate::calls::{MAX_TEXT, Message};

/// What stands in place of a secret.
const MASK: &str = "***";

/// Method and address, the headers that have a meaning, and the form. It can't be sent again, because it was signed for once.
pub fn message(request: &Request<'_>) -> Message {
    let content_type = text(request.headers, "content-type").unwrap_or_default().into_owned();
    let mut noted = format!("{} {}", request.method, request.path);
    if !request.query.is_empty() {
        noted = noted + "?" + &masked(request.query);
    }
    noted.push('\n');
    for (name, value) in request.headers {
        let (name, value) = (name.as_str(), String::from_utf8_lossy(value.as_bytes()));
        let shown = match name {
            "x-acs-security-token" => Cow::Borrowed(MASK),
            "authorization" => without_signature(&value),
            "host" => value,
            _ if name.starts_with("x-acs-") => value,
            _ => continue,
        };
        noted = noted + name + ": " + &shown + "\n";
    }
    if !request.body.is_empty() {
        noted = noted + "\n" + &masked(&String::from_utf8_lossy(request.body));
    }
    let end = noted.floor_char_boundary(MAX_TEXT);
    noted.truncate(end);
    Message { content_type, soap_action: None, text: noted, is_whole: false }
}

/// A query or a form with masks in place of signatures and security tokens.
fn masked(encoded: &str) -> String {
    let pairs = encoded.split('&').map(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        match &*decode(name.as_bytes()) {
            b"Signature" | b"SecurityToken" => Cow::Owned(format!("{name}={MASK}")),
            _ => Cow::Borrowed(pair),
        }
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// The signature is the last of the fields in all SDKs; whatever follows it is hidden as well.
fn without_signature(authorization: &str) -> Cow<'_, str> {
    match authorization.split_once("Signature=") {
        Some((before, _)) => Cow::Owned(format!("{before}Signature={MASK}")),
        None => Cow::Borrowed(MASK),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn what_proves_who_calls_is_not_kept() {
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("authorization", "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host,Signature=secret1"),
            ("x-acs-security-token", "secret2"),
            ("x-acs-action", "ChatappMigrationVerified"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("cookie", "secret3"),
        ] {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let form = b"%53ignature=secret4&SecurityToken=secret5&CustSpaceId=s";
        let query = "a=1&Signature=secret6";
        let Message { text, is_whole, .. } = message(&Request::of("POST", query, &headers, form));
        assert!(!text.contains("secret") && !is_whole, "{text}");
        for part in ["POST /?a=1&Signature=***\n", "Credential=id,", "x-acs-action: ChatappMigrationVerified\n"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(text.ends_with("\n%53ignature=***&SecurityToken=***&CustSpaceId=s"), "{text}");
    }
}
