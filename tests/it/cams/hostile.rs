//! Calls that were made to do harm.

use std::fmt::Write;

use super::caller::{Call, Style, code};
use super::{BEGIN, STATUS, VERIFY, call, start};
use crate::harness::TestApp;

const NUMBER: &str = "15195550101";

fn post(app: &TestApp, query: &str, headers: &str, body: &[u8]) -> (u16, String) {
    let head = format!("POST /{query} HTTP/1.1\r\nHost: localhost\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    let answer = app.exchange(&[head.as_bytes(), body].concat());
    (answer.status, code(&answer))
}

/// Whether the API still serves.
fn is_alive(app: &TestApp) {
    app.succeeds(&call(BEGIN, "space", NUMBER));
}

#[test]
fn a_form_of_more_than_64_kib_is_too_large() {
    let app = start();
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let long = "Action=ChatappMigrationVerified&x=".to_owned() + &"x".repeat(64 << 10);
    assert_eq!(post(&app, "", form, long.as_bytes()), (413, "RequestTooLarge".into()));
    let (status, code) = post(&app, "", form, &long.as_bytes()[..64 << 10]);
    assert_eq!((status, code.as_str()), (400, "MissingVersion"));
    is_alive(&app);
}

#[test]
fn parameters_that_are_no_text_are_answered() {
    let app = start();
    is_alive(&app);
    for value in ["%", "%4", "%zz", "%00", "%FF%FE", "%C3", "+", "&&&", "=&==", "%u0041", "%25%32%35"] {
        let query = format!("?Action=ChatappMigrationVerified&Version=2020-06-06&AccessKeyId={value}");
        let (status, code) = post(&app, &query, "", b"");
        let expected = if value.starts_with(['&', '=']) {
            // Nothing before the next pair: the id is empty, or it is `=`.
            ["MissingAccessKeyId", "InvalidAccessKeyId.NotFound"].contains(&code.as_str())
        } else {
            code == "InvalidAccessKeyId.NotFound"
        };
        assert!(expected, "{value} {status} {code}");
    }
    let raw = b"CustSpaceId=\xff\xfe&PhoneNumber=\x00\x01&Action=ChatappMigrationVerified";
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    assert_eq!(post(&app, "", form, raw), (400, "MissingVersion".into()));
    for name in ["CustSpaceId", "PhoneNumber", "VerifyCode"] {
        for value in ["\u{0}", "\u{fffd}", "'\"<>&", "\u{202e}", "💥"] {
            for style in Style::ALL {
                let (status, code) = app.said(&call(VERIFY, "space", NUMBER).with(name, Some(value)).style(style));
                let expected = ["Unknown.ResourceOwnerId", "InvalidPhoneNumber", "InvalidVerifyCode"];
                assert!(status == 400 && expected.contains(&code.as_str()), "{name} {value:?} {code}");
            }
        }
    }
}

#[test]
fn of_a_parameter_that_comes_twice_the_first_counts_and_both_are_signed() {
    let app = start();
    is_alive(&app);
    for style in [Style::Headers, Style::Query] {
        // Sorted, `15195550101` comes before `x`.
        let mut twice = call(STATUS, "space", NUMBER).style(style);
        twice.parameters.push(("PhoneNumber".into(), "x".into()));
        app.succeeds(&twice);
        twice.nonce += "again";
        let text = String::from_utf8(twice.request()).expect("text").replacen("&PhoneNumber=x", "", 1);
        assert_eq!(code(&app.exchange(text.as_bytes())), "SignatureDoesNotMatch");
    }
}

#[test]
fn thousands_of_parameters_and_signed_headers_are_answered() {
    let app = start();
    let mut many =
        String::from("Action=ChatappMigrationVerified&Version=2020-06-06&AccessKeyId=good&Signature=x&Timestamp=x");
    while many.len() < 60 << 10 {
        many.push_str("&a=");
    }
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    assert_eq!(post(&app, "", form, many.as_bytes()), (400, "InvalidTimeStamp.Format".into()));
    let time = super::caller::seconds_from_now(0);
    let names = format!("host;x-acs-action;x-acs-date;x-acs-version;long{}", ";long".repeat(3_000));
    let headers = format!(
        "x-acs-action: {VERIFY}\r\nx-acs-version: 2020-06-06\r\nx-acs-date: {time}\r\nlong: {}\r\n\
         Authorization: ACS3-HMAC-SHA256 Credential=good,SignedHeaders={names},Signature=x\r\n",
        "x".repeat(8_000)
    );
    assert_eq!(post(&app, "", &headers, b""), (400, "IncompleteSignature".into()));
    is_alive(&app);
}

#[test]
fn a_flood_of_headers_ends_at_the_api() {
    let app = start();
    let mut headers = String::from("x-acs-action: ChatappMigrationVerified\r\n");
    for place in 0..2_000 {
        let _ = write!(headers, "x-acs-{place}: x\r\n");
    }
    let request = format!("POST / HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n");
    if let Ok(answer) = app.connect().exchange(request.as_bytes()) {
        assert!((400..500).contains(&answer.status), "{answer:?}");
    }
    is_alive(&app);
}

#[test]
fn an_enormous_nonce_is_a_nonce() {
    let app = start();
    is_alive(&app);
    let long = Call { nonce: "n".repeat(30_000), ..call(STATUS, "space", NUMBER).style(Style::Form) };
    app.succeeds(&long);
    assert_eq!(app.said(&long).1, "SignatureNonceUsed");
    let none = Call { nonce: String::new(), ..call(STATUS, "space", NUMBER) };
    assert_eq!(app.said(&none).1, "MissingSignatureNonce");
}
