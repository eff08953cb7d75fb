use actix_web::http::header::HeaderValue;

use super::*;

const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

fn headers(lines: &str) -> HeaderMap {
    let line = |line: &str| {
        let (name, value) = line.split_once(": ").expect("a header");
        (name.parse::<HeaderName>().expect("a name"), HeaderValue::from_str(value).expect("a value"))
    };
    let mut headers = HeaderMap::new();
    lines.lines().map(line).for_each(|(name, value)| headers.append(name, value));
    headers
}

/// As a Python SDK sent it.
const RECORDED: &str = "accept-encoding: identity
host: 127.0.0.1:18973
x-acs-version: 2020-06-06
x-acs-action: ChatappMigrationVerified
user-agent: AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/0.4.3 TeaDSL/2
x-acs-date: 2026-11-22T15:42:59Z
x-acs-signature-nonce: c4fd0999cfb4309b91d996dce5b8a5ec
accept: application/json
x-acs-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
x-acs-credentials-provider: static_ak
authorization: ACS3-HMAC-SHA256 Credential=testAKid000000001,SignedHeaders=accept;host;user-agent;x-acs-action;x-acs-content-sha256;x-acs-credentials-provider;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=669eaf328d5d24955550d895b4fb36dc3dc9ade29d5f7d351b842ea59b89409b
content-length: 0";
const QUERY: &str = "CustSpaceId=cams-a+b%2A~%2F%2B%C3%A9&PhoneNumber=8613800000000&VerifyCode=828701";
const SECRET: &str = "testSecret00000001";

#[test]
fn the_published_signature_is_made_again() {
    let headers = headers(&format!(
        "host: ecs.cn-shanghai.aliyuncs.com\nx-acs-action: RunInstances\nx-acs-version: 2014-05-26\n\
         x-acs-date: 2023-10-26T10:22:32Z\nx-acs-signature-nonce: 3156853299f313e23d1673dc12e1703d\n\
         x-acs-content-sha256: {EMPTY}"
    ));
    let query = "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai";
    let request = Request::of("POST", query, &headers, b"");
    let names = "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
    let names = SignedHeaders::parse(names).expect("names");
    let canonical = canonical_request(&request, &names, EMPTY, false);
    assert_eq!(sha256(canonical.as_bytes()), "7ea06492da5221eba5297e897ce16e55f964061054b7695beedaac1145b1e259");
    let signature = sign(&string_to_sign(&canonical), "YourAccessKeySecret");
    assert_eq!(signature, "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0");
}

#[test]
fn a_recorded_call_of_an_sdk_is_let_in() {
    let headers = headers(RECORDED);
    assert_eq!(check(&Request::of("POST", QUERY, &headers, b""), SECRET), Ok(()));
    // The same parameters as another SDK would write them, and in another order.
    let other = "VerifyCode=828701&CustSpaceId=cams-a%20b*~%2f%2B%c3%a9&PhoneNumber=8613800000000";
    assert_eq!(check(&Request::of("POST", other, &headers, b""), SECRET), Ok(()));
}

#[test]
fn whatever_else_was_not_signed_is_a_mismatch() {
    let own = headers(RECORDED);
    let another_date = headers(&RECORDED.replace("15:42:59Z", "15:42:58Z"));
    for (method, query, headers, body, secret) in [
        ("GET", QUERY, &own, &b""[..], SECRET),
        ("POST", "VerifyCode=828701", &own, b"", SECRET),
        ("POST", QUERY, &another_date, b"", SECRET),
        ("POST", QUERY, &own, b"x", SECRET),
        ("POST", QUERY, &own, b"", "testSecret00000002"),
    ] {
        let checked = check(&Request::of(method, query, headers, body), secret);
        let Err(Objection::Mismatch { string_to_sign, canonical_request: Some(canonical) }) = checked else {
            unreachable!("{method} {query} {checked:?}")
        };
        assert!(string_to_sign.starts_with("ACS3-HMAC-SHA256\n"), "{string_to_sign}");
        assert!(canonical.starts_with(&format!("{method}\n/\n")), "{canonical}");
    }
}

#[test]
fn a_signature_that_leaves_something_out_is_incomplete() {
    for (before, after) in [
        ("accept;host;", "accept;"),
        ("x-acs-action;", ""),
        ("accept;host;", "accept;host;host;"),
        ("accept;host;", "accept;host;HOST;"),
        ("SignedHeaders=", "Headers="),
        (",Signature", ";Signature"),
        ("Credential=testAKid000000001,", "Credential=testAKid000000001,Credential=x,"),
        ("\nx-acs-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", ""),
        ("accept-encoding: identity", "x-acs-more: 1"),
        ("accept-encoding: identity", "content-type: application/json"),
        ("authorization: ACS3-HMAC-SHA256 ", "authorization: ACS3-HMAC-SHA256"),
    ] {
        assert!(RECORDED.contains(before), "{before}");
        let headers = headers(&RECORDED.replacen(before, after, 1));
        let expected = if before.starts_with(",Sig") { Objection::Missing("Signature") } else { Objection::Incomplete };
        assert_eq!(check(&Request::of("POST", QUERY, &headers, b""), SECRET), Err(expected), "{before}");
    }
}

#[test]
fn what_comes_more_than_once_is_signed_sorted_by_value() {
    let names = SignedHeaders::parse("accept;host;x-acs-more").expect("names");
    let headers =
        headers("host: h\nx-acs-more: b\nx-acs-more: a\naccept: text/xml\nx-acs-more: c\naccept: application/json");
    let request = Request::of("GET", "b=2&a=3&a=1&a=2", &headers, b"");
    let expected = "GET\n/\na=1&a=2&a=3&b=2\naccept:text/xml,application/json\nhost:h\nx-acs-more:a,b,c\n\naccept;host;x-acs-more\nhash";
    assert_eq!(canonical_request(&request, &names, "hash", false), expected);
}

#[test]
fn other_algorithms_are_not_served() {
    for algorithm in ["ACS3-HMAC-SM3", "ACS3-RSA-SHA256", "acs3-hmac-sha256"] {
        let headers = headers(&RECORDED.replace("ACS3-HMAC-SHA256", algorithm));
        assert_eq!(check(&Request::of("POST", QUERY, &headers, b""), SECRET), Err(Objection::Method), "{algorithm}");
    }
}

#[test]
fn a_security_token_is_not_shown() {
    let headers =
        headers(&(RECORDED.replace("host;", "host;x-acs-security-token;") + "\nx-acs-security-token: hidden"));
    let checked = check(&Request::of("POST", QUERY, &headers, b""), SECRET);
    let Err(Objection::Mismatch { canonical_request: Some(canonical), .. }) = checked else {
        unreachable!("{checked:?}")
    };
    assert!(canonical.contains("x-acs-security-token:***\n"), "{canonical}");
}
