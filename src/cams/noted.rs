//! A call as the journal keeps it. The journal masks signatures and tokens when it shows the call.

use super::request::{Request, text};
use crate::calls::{MAX_KEPT, Message};
use crate::steps;

/// Method and address, the headers that have a meaning, and the form. It can't be sent again, because it was signed for once.
pub fn message(request: &Request<'_>) -> Message {
    let content_type = text(request.headers, "content-type").unwrap_or_default().into_owned();
    let mut noted = format!("{} {}", request.method, request.path);
    if !request.query.is_empty() {
        noted = noted + "?" + request.query;
    }
    noted.push('\n');
    for (name, value) in request.headers {
        let name = name.as_str();
        if !matches!(name, "authorization" | "host") && !name.starts_with("x-acs-") {
            continue;
        }
        let value = String::from_utf8_lossy(steps::over(value.as_bytes()));
        // One of another scheme is a secret as a whole.
        let is_other = name == "authorization" && !value.contains("Signature=");
        noted = noted + name + ": " + if is_other { "***" } else { &value } + "\n";
    }
    if !request.body.is_empty() {
        let beginning = &request.body[..request.body.len().min(MAX_KEPT)];
        noted = noted + "\n" + &String::from_utf8_lossy(steps::over(beginning));
    }
    let end = noted.floor_char_boundary(MAX_KEPT);
    noted.truncate(end);
    Message { content_type, soap_action: None, text: noted, is_whole: false }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

    use super::*;
    use crate::calls::{Api, Masker};
    use crate::ledger::Directory;

    #[test]
    fn what_proves_who_calls_is_not_shown() {
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
        let form = b"%53ignature=secret4&SecurityToken=secret5&SignatureNonce=n&CustSpaceId=s";
        let query = "a=1&Signature=secret6";
        let message = message(&Request::of("POST", query, &headers, form));
        let text = Masker::new(&Directory::default()).mask_request(Api::Cams, &message.text, usize::MAX);
        assert!(!text.contains("secret") && !message.is_whole, "{text}");
        for part in ["POST /?a=1&Signature=***\n", "Credential=id,", "x-acs-action: ChatappMigrationVerified\n"] {
            assert!(text.contains(part), "{text}");
        }
        assert!(text.ends_with("\n%53ignature=***&SecurityToken=***&SignatureNonce=n&CustSpaceId=s"), "{text}");
        headers.insert(HeaderName::from_static("authorization"), HeaderValue::from_static("Bearer secret7"));
        assert!(!super::message(&Request::of("POST", query, &headers, form)).text.contains("secret7"));
    }
}
