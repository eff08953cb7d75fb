//! Signature version 1 (documented): HMAC-SHA1 over all parameters, those of the query and those of the form.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::digest::{MASK, hmac_sha1, is_same};
use super::objection::Objection;
use crate::cams::parameters::Parameters;
use crate::percent::encode;

/// Whether a call by this HTTP method, with these parameters, was signed with the secret.
///
/// # Errors
/// [`Objection`].
pub fn check(method: &str, parameters: &Parameters<'_>, secret: &str) -> Result<(), Objection> {
    let required = |name| parameters.first(name).filter(|text| !text.is_empty()).ok_or(Objection::Missing(name));
    let given = required("Signature")?;
    if required("SignatureMethod")? != "HMAC-SHA1" {
        return Err(Objection::Method);
    }
    if required("SignatureVersion")? != "1.0" {
        return Err(Objection::Version);
    }
    if is_same(&sign(&string_to_sign(method, parameters, false), secret), &given) {
        return Ok(());
    }
    Err(Objection::Mismatch { string_to_sign: string_to_sign(method, parameters, true), canonical_request: None })
}

/// The signature of a text.
pub fn sign(string_to_sign: &str, secret: &str) -> String {
    STANDARD.encode(hmac_sha1(format!("{secret}&").as_bytes(), string_to_sign))
}

/// What is signed. If it is to be shown, the security token is masked.
pub fn string_to_sign(method: &str, parameters: &Parameters<'_>, is_shown: bool) -> String {
    let canonical = parameters.canonical(|name, value| match name {
        b"Signature" => None,
        b"SecurityToken" if is_shown => Some(MASK),
        _ => Some(value),
    });
    format!("{method}&%2F&{}", encode(&canonical))
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: &[u8] = b"Action=DescribeRegions&Format=XML&SignatureMethod=HMAC-SHA1\
        &SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&SignatureVersion=1.0\
        &Timestamp=2016-02-23T12:46:24Z&Version=2014-05-26&AccessKeyId=testid";

    #[test]
    fn the_published_signature_is_made_again() {
        let text = string_to_sign("GET", &Parameters::default().and(QUERY), false);
        assert_eq!(sign(&text, "testsecret"), "OLeaidS1JvxuMvnyHOwuJ+uX5qY=");
    }

    #[test]
    fn the_published_call_is_let_in_and_any_other_is_not() {
        let signed = |signature| Parameters::default().and(QUERY).and(signature);
        let published = signed(&b"Signature=OLeaidS1JvxuMvnyHOwuJ%2BuX5qY%3D"[..]);
        assert_eq!(check("GET", &published, "testsecret"), Ok(()));
        for (method, parameters, secret) in [
            ("POST", published.clone(), "testsecret"),
            ("GET", published.clone(), "testsecre"),
            ("GET", published.and(b"More=1"), "testsecret"),
            ("GET", signed(b"Signature=OLeaidS1JvxuMvnyHOwuJ%2BuX5qY"), "testsecret"),
        ] {
            assert!(matches!(check(method, &parameters, secret), Err(Objection::Mismatch { .. })));
        }
        assert_eq!(check("GET", &signed(b""), "testsecret"), Err(Objection::Missing("Signature")));
    }

    #[test]
    fn other_methods_and_versions_are_told_apart() {
        for (query, objection) in [
            (&b"Signature=x&SignatureVersion=1.0"[..], Objection::Missing("SignatureMethod")),
            (b"Signature=x&SignatureMethod=HMAC-SHA256&SignatureVersion=1.0", Objection::Method),
            (b"Signature=x&SignatureMethod=HMAC-SHA1", Objection::Missing("SignatureVersion")),
            (b"Signature=x&SignatureMethod=HMAC-SHA1&SignatureVersion=2.0", Objection::Version),
        ] {
            assert_eq!(check("GET", &Parameters::default().and(query), "s"), Err(objection));
        }
    }

    #[test]
    fn a_security_token_is_not_shown() {
        let parameters = Parameters::default()
            .and(b"Signature=x&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&SecurityToken=hidden");
        let Err(Objection::Mismatch { string_to_sign, .. }) = check("GET", &parameters, "s") else {
            unreachable!("a wrong signature")
        };
        assert!(!string_to_sign.contains("hidden"), "{string_to_sign}");
    }
}
