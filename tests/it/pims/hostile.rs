//! What no facade of an SDK would send.

use serde_json::{Value, json};

use super::facade::Facade;
use crate::harness::{Answer, TestApp};

/// Sends a request of any kind, with these lines between its first line and its length.
fn send(app: &TestApp, line: &str, headers: &str, body: &[u8]) -> Answer {
    let head = format!("{line} HTTP/1.1\r\nHost: h\r\n{headers}Content-Length: {}\r\n\r\n", body.len());
    app.exchange(&[head.as_bytes(), body].concat())
}

const JSON: &str = "Content-Type: application/json\r\n";
const INSTANCE: &str = "X-Pims-Instance: one\r\n";

fn is_plain(answer: &Answer) -> bool {
    answer.header("content-type") == Some("text/plain; charset=utf-8") && !answer.body.is_empty()
}

#[test]
fn what_is_no_call_gets_a_status_and_a_word_of_advice() {
    let app = TestApp::start();
    let good = format!("{JSON}{INSTANCE}");
    let cases: &[(&str, &str, &[u8], u16)] = &[
        ("POST /pims", &good, b"{}", 404),
        ("POST /pims/", &good, b"{}", 404),
        ("POST /pims/nothing", &good, b"{}", 404),
        ("POST /pims/get/", &good, b"{}", 404),
        ("POST /pims/get/more", &good, b"{}", 404),
        ("POST /pims/%67et%00", &good, b"{}", 404),
        ("GET /pims/get", &good, b"", 405),
        ("PUT /pims/set", &good, b"{}", 405),
        ("OPTIONS /pims/set", &good, b"", 405),
        ("POST /pims/get", INSTANCE, b"{}", 415),
        ("POST /pims/get", "Content-Type: text/xml\r\nX-Pims-Instance: one\r\n", b"{}", 415),
        ("POST /pims/get", JSON, b"{}", 400),
        ("POST /pims/get", "Content-Type: application/json\r\nX-Pims-Instance:  \r\n", b"{}", 400),
        (
            "POST /pims/get",
            "Content-Type: application/json\r\nX-Pims-Instance: a\r\nX-Pims-Instance: b\r\n",
            b"{}",
            400,
        ),
        ("POST /pims/get", &good, b"", 400),
        ("POST /pims/get", &good, b"[]", 400),
        ("POST /pims/get", &good, b"{\"api\":", 400),
        ("POST /pims/get", &good, b"{\"api\":\"\xFF\"}", 400),
        ("POST /pims/get", &good, b"{\"api\":\"a\",\"api\":\"a\"}", 400),
        ("POST /pims/get", &good, b"\xFF\xFE{\0}\0", 400),
    ];
    for (line, headers, body, status) in cases {
        let answer = send(&app, line, headers, body);
        assert_eq!(answer.status, *status, "{line} {headers} {body:?}");
        assert!(is_plain(&answer), "{answer:?}");
        assert_eq!(answer.header("allow"), (*status == 405).then_some("POST"));
    }
    let long = format!("{JSON}X-Pims-Instance: {}\r\n", "x".repeat(201));
    assert_eq!(send(&app, "POST /pims/get", &long, b"{}").status, 400);
    let deep = "[".repeat(1000) + &"]".repeat(1000);
    assert_eq!(send(&app, "POST /pims/get", &good, format!("{{\"a\":{deep}}}").as_bytes()).status, 400);
    for length in [(64 << 10) + 1, 1 << 20] {
        let answer = send(&app, "POST /pims/get", &good, &vec![b' '; length]);
        assert!(answer.status == 413 && is_plain(&answer), "{answer:?}");
    }
    let almost = format!("{{\"a\":\"{}\"}}", "x".repeat((64 << 10) - 8));
    assert_eq!(send(&app, "POST /pims/get", &good, almost.as_bytes()).status, 200);
    let media_type = "content-type: APPLICATION/JSON; charset=utf-8\r\nx-pims-instance: \u{E9}\u{20AC} \r\n";
    assert_eq!(send(&app, "POST /pims/get", media_type, "\u{FEFF}{}".as_bytes()).status, 200);
}

#[test]
fn parameters_of_every_wrong_type_are_refused_with_an_error_of_the_sdk() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    facade.trust("0612345678", "+33612345678");
    let values = [
        json!(true),
        json!([]),
        json!({}),
        json!(-1),
        json!(1.5),
        json!(1e300),
        json!(i64::MIN),
        json!(u64::MAX),
        json!(""),
        json!(" "),
        json!("\0"),
        json!("x".repeat(20_000)),
        json!("\u{202E}٣٤"),
        json!("1;phone-context=a;tel:"),
        json!([["1"]]),
        json!({"type": "modifyPhoneNumber"}),
    ];
    let good = json!({"type": "modifyPhoneNumber", "smsCode": "1", "phoneNumber": "0612345678"});
    for name in ["type", "smsCode", "phoneNumber"] {
        for value in &values {
            let mut parameters = good.clone();
            parameters[name] = value.clone();
            // Any number is a code, if not the right one.
            assert_eq!(
                facade.fail("set", "smscode", &parameters),
                (2102, format!("Invalid {name} parameter")),
                "{value}"
            );
        }
    }
    for number in ["12345678901234567890123456789", "1e2", "-0", "0.0"] {
        let body = format!(
            r#"{{"api":"pims.authentication.smscode","parameters":{{"type":"modifyPhoneNumber","smsCode":{number},"phoneNumber":{number}}}}}"#
        );
        let message: Value = serde_json::from_slice(&facade.send("set", &body).body).expect("a message");
        assert_eq!(message["error"]["code"], 2102, "{number}: {message}");
    }
    for value in &values {
        for api in ["smscode", "account", "trustedphonenumber", "user"] {
            for method in ["get", "set", "unsubscribe"] {
                let message = facade.ask(method, api, &json!({"type": value, "action": value, "actionType": value}));
                assert!(message["status"] == "FAILED" || api == "trustedphonenumber", "{message}");
            }
        }
    }
    assert_eq!(facade.trusted_number(), "0612345678");
}
