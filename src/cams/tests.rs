//! Work on hostile text is linear, whatever part of a request it is.

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};

use super::actions;
use super::parameters::Parameters;
use super::request::Request;
use super::signature::{version1, version3};
use crate::steps::hostile::{assert_linear, names};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

/// Headers, but for what can't be the value of one.
fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in all {
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            headers.append(HeaderName::from_static(name), value);
        }
    }
    headers
}

/// All that a request is asked for before it is known whose it is.
fn read(query: &str, headers: &HeaderMap, body: &[u8]) {
    let request = Request::of("POST", query, headers, body);
    drop((request.action(), request.version(), request.nonce(), request.time(), request.security_token()));
    drop((request.access_key_id(), request.host(), actions::number(&request.parameters)));
    request.wants_xml();
}

#[test]
fn work_on_hostile_requests_is_linear() {
    assert_linear(&[
        ("a query", &|text| read(text, &HeaderMap::new(), b"")),
        ("a form", &|text| read("", &headers(&[FORM]), text.as_bytes())),
        ("a number", &|text| read(&format!("PhoneNumber={text}"), &HeaderMap::new(), b"")),
        ("a header", &|text| read("", &headers(&[("x-acs-action", text), ("authorization", text)]), b"")),
        ("a key", &|text| {
            let authorization = format!("ACS3-HMAC-SHA256 Credential={text},{text}");
            read("", &headers(&[("authorization", &authorization)]), b"");
        }),
    ]);
}

#[test]
fn work_on_what_was_signed_is_linear() {
    let version1 = |query: &str| {
        let query = format!("Signature=s&SignatureMethod=HMAC-SHA1&SignatureVersion=1.0&{query}");
        let parameters = Parameters::default().and(query.as_bytes());
        version1::check("GET", &parameters, "secret").expect_err("another signature");
    };
    let version3 = |query: &str, signed: &str, own: &[(&'static str, &str)]| {
        let authorization = format!("ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host;{signed},Signature=s");
        let own = [&[("authorization", &*authorization), ("x-acs-content-sha256", "hash")], own].concat();
        let signed = headers(&own);
        version3::check(&Request::of("POST", query, &signed, query.as_bytes()), "secret")
            .expect_err("another signature");
    };
    let hash = "x-acs-content-sha256";
    assert_linear(&[
        ("parameters of version 1", &version1),
        ("a value of version 1", &|text| version1(&format!("a={text}"))),
        ("many parameters of version 1", &|text| version1(&names(text).map(|name| name + "=b&").collect::<String>())),
        ("query and body of version 3", &|text| version3(text, hash, &[])),
        ("names of headers of version 3", &|text| version3("", &format!("{hash};{text}"), &[])),
        ("many headers of version 3", &|text| {
            version3("", &names(text).fold(hash.to_owned(), |all, name| all + ";" + &name), &[]);
        }),
        ("a header of version 3", &|text| version3("", &format!("{hash};x-acs-a"), &[("x-acs-a", text)])),
        ("a header of version 3, many times", &|text| {
            let values: Vec<_> = text.split_inclusive(['<', '&', 'a', ' ']).map(|value| ("x-acs-a", value)).collect();
            version3("", &format!("{hash};x-acs-a"), &values);
        }),
    ]);
}
