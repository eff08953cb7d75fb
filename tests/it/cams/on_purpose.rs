//! Failures on demand, and what the journal tells of calls.

use serde_json::{Value, json};

use super::caller::{Call, Style, code, json};
use super::{BEGIN, REGISTER, SEND, STATUS, VERIFY, call, seed, start};
use crate::harness::{Process, TestApp, command, exchange};

const NUMBER: &str = "15195550101";

fn add_rule(app: &TestApp, rule: &Value) {
    let answer = app.tell("POST", "/faults", &rule.to_string());
    assert!(answer.status < 300, "{}", answer.text());
}

fn journal(app: &TestApp) -> Vec<Value> {
    json(&app.tell("GET", "/journal", ""))["entries"].as_array().cloned().unwrap_or_default()
}

#[test]
fn a_code_is_answered_with_its_documented_words() {
    let app = start();
    app.succeeds(&call(BEGIN, "space", NUMBER));
    for (said, status, message) in [
        ("System.LimitControl", 400, "The system is under flow control."),
        ("Throttling.Api", 400, "Request was denied due to api flow control."),
        ("Forbidden.RAM", 403, ""),
        ("InternalError", 500, "The request processing has failed due to some unknown error."),
        ("ServiceUnavailable", 503, "The request has failed due to a temporary failure of the server."),
        ("InvalidSecurityToken.Expired", 400, "Specified SecurityToken is expired."),
        ("MissingTemplateCode", 400, "TemplateCode is mandatory for this action."),
        (
            "SignatureDoesNotMatch",
            400,
            "Specified signature does not match our calculation. server StringToSign is [ACS3",
        ),
        ("InvalidParameter.FileUrlError", 400, "InvalidParameter.FileUrlError"),
        ("isv.Foo", 400, "isv.Foo"),
    ] {
        add_rule(&app, &json!({"operation": STATUS, "answer": {"code": said}}));
        let answer = app.cams(&call(STATUS, "space", NUMBER));
        assert_eq!((answer.status, code(&answer).as_str()), (status, said));
        assert!(json(&answer)["Message"].as_str().is_some_and(|text| text.starts_with(message)), "{}", answer.text());
        assert_eq!(answer.header("x-acs-retry-after").is_some(), said.starts_with("Throttling"));
        app.succeeds(&call(STATUS, "space", NUMBER));
    }
}

#[test]
fn a_code_of_any_service_is_answered_with_the_words_of_the_rule() {
    let app = start();
    for style in Style::ALL {
        for (answer, status) in [
            (json!({"code": "isv.Foo", "message": "Not \"today\"."}), 400),
            (json!({"code": "ServiceUnavailable", "message": "Not today."}), 503),
            (json!({"code": "SignatureDoesNotMatch", "message": "Not today."}), 400),
        ] {
            add_rule(&app, &json!({"operation": STATUS, "answer": answer}));
            let refused = app.cams(&call(STATUS, "space", NUMBER).style(style));
            assert_eq!((refused.status, &json(&refused)["Code"]), (status, &answer["code"]));
            assert_eq!(json(&refused)["Message"], answer["message"]);
            assert_eq!(journal(&app).last().map(|entry| entry["fault_rule"]["answer"].clone()), Some(answer));
        }
    }
}

#[test]
fn a_signature_that_a_rule_refuses_is_shown_what_should_have_been_signed() {
    let app = start();
    for style in Style::ALL {
        add_rule(&app, &json!({"operation": STATUS, "answer": {"code": "SignatureDoesNotMatch"}}));
        let call = Call { nonce: "told".into(), ..call(STATUS, "space", NUMBER).style(style) };
        let refused = app.cams(&call);
        let wrong = app.cams(&call.key("good", "wrong"));
        assert_eq!((refused.status, &json(&refused)["Message"]), (400, &json(&wrong)["Message"]), "{style:?}");
    }
    add_rule(&app, &json!({"operation": STATUS, "answer": {"code": "SignatureDoesNotMatch"}}));
    let unsigned = format!("GET / HTTP/1.1\r\nHost: localhost\r\nx-acs-action: {STATUS}\r\n\r\n");
    let refused = app.exchange(unsigned.as_bytes());
    assert!(refused.text().contains("server StringToSign is []"), "{}", refused.text());
}

#[test]
fn the_journal_is_filtered_by_code() {
    let app = start();
    let ids = |code: &str| {
        let found = app.tell("GET", &format!("/journal?code={code}"), "");
        let entries = json(&found)["entries"].as_array().cloned().unwrap_or_default();
        entries.iter().map(|entry| entry["operation"].clone()).collect::<Vec<_>>()
    };
    app.succeeds(&call(BEGIN, "space", NUMBER));
    app.cams(&call(VERIFY, "space", NUMBER));
    app.cams(&call(SEND, "elsewhere", NUMBER));
    app.cams(&call(STATUS, "space", NUMBER).key("unknown", "secret"));
    assert_eq!(ids("OK"), [BEGIN]);
    assert_eq!(ids("InvalidVerifyCode"), [VERIFY]);
    assert_eq!(ids("Unknown.ResourceOwnerId"), [SEND]);
    assert_eq!(ids("InvalidAccessKeyId.NotFound"), [STATUS]);
    assert!(ids("InvalidVerify").is_empty() && ids("None%00").is_empty());
    let page = app.tell("GET", "/console/journal?code=InvalidVerifyCode", "").text();
    assert!(page.contains("1 of 1 calls that fit") && page.contains("value=\"InvalidVerifyCode\""), "{page}");
}

#[test]
fn a_rule_may_name_program_member_and_number() {
    let app = start();
    app.succeeds(&call(BEGIN, "space", NUMBER));
    app.succeeds(&call(BEGIN, "second", "15195550102"));
    let rule = json!({"program": "p", "member_id": 1, "number": "+1 519 555 0101", "answer": {"http_status": 502}});
    add_rule(&app, &rule);
    app.succeeds(&call(STATUS, "second", "15195550102"));
    let broken = app.cams(&call(BEGIN, "space", NUMBER).with("PhoneNumber", None));
    assert_eq!((broken.status, broken.text().as_str()), (502, ""));
    app.succeeds(&call(STATUS, "space", NUMBER));
}

#[test]
fn a_connection_is_closed_before_or_after_the_number_arrives() {
    let app = start();
    app.prove("space", NUMBER);
    for (when, numbers) in [("before", json!([])), ("after", json!(["+15195550101"]))] {
        add_rule(&app, &json!({"operation": REGISTER, "answer": {"disconnect": when}}));
        let request = call(REGISTER, "space", NUMBER).request();
        app.connect().exchange(&request).expect_err("no answer");
        assert_eq!(app.numbers_of(1), numbers, "{when}");
    }
    let entries = journal(&app);
    assert_eq!(entries.last().map(|entry| &entry["http_status"]), Some(&Value::Null));
}

#[test]
fn the_journal_tells_of_calls_without_what_proves_who_made_them() {
    let app = start();
    for style in Style::ALL {
        let call = Call { token: Some("sts".into()), ..call(BEGIN, "space", NUMBER).style(style) };
        app.succeeds(&call.key("temporary", "secret"));
        let entry = journal(&app).pop().expect("an entry");
        let known =
            json!([entry["operation"], entry["program"], entry["member_id"], entry["return_code"], entry["fault"]]);
        assert_eq!(known, json!([BEGIN, "p", 1, 0, null]));
        assert_eq!((&entry["method"], &entry["path"]), (&json!("POST"), &json!("/")));
        let told = json!([entry["query"], entry["headers"], entry["request"]]).to_string();
        assert!(told.contains("MobileNumber=5195550101"), "{told}");
        assert!(told.contains("Signature=***") && !told.contains("sts"), "{told}");
        let id = entry["request_id"].as_str().unwrap_or_default().to_ascii_uppercase();
        assert!(entry["response"].as_str().is_some_and(|text| text.contains(&id)), "{entry}");
    }
    app.cams(&call(VERIFY, "space", NUMBER).key("unknown", "secret"));
    let entry = journal(&app).pop().expect("an entry");
    let known =
        json!([entry["operation"], entry["program"], entry["return_code"], entry["fault"], entry["http_status"]]);
    assert_eq!(known, json!([VERIFY, null, null, "InvalidAccessKeyId.NotFound", 404]));
}

#[test]
fn a_wrong_secret_does_not_show_the_security_token() {
    let app = start();
    for style in Style::ALL {
        let call = Call { token: Some("hidden".into()), ..call(BEGIN, "space", NUMBER).style(style) };
        let answer = app.cams(&call.key("temporary", "wrong"));
        assert_eq!(code(&answer), "SignatureDoesNotMatch");
        assert!(!answer.text().contains("hidden"), "{}", answer.text());
        assert!(!journal(&app).iter().any(|entry| entry.to_string().contains("hidden")));
    }
}

#[test]
fn the_log_tells_why_a_code_does_not_count_and_neither_number_nor_code_nor_key() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("seed.json"), seed()).expect("a seed");
    let arguments = ["--listen", "127.0.0.1:0", "--ledger", "memory:", "--seed", "seed.json", "--log-level", "debug"];
    let server = Process::start(command(folder.path(), &arguments));
    let ask = |call: Call| code(&exchange(server.address(), &call.request()));
    let verify = || call(VERIFY, "space", NUMBER).with("VerifyCode", Some("864201"));
    assert_eq!(ask(call(BEGIN, "space", NUMBER)), "OK");
    assert_eq!(ask(verify()), "InvalidVerifyCode");
    assert_eq!(ask(call(SEND, "space", NUMBER)), "OK");
    for _ in 0..6 {
        assert_eq!(ask(verify()), "InvalidVerifyCode");
    }
    let temporary = call(STATUS, "space", NUMBER).key("temporary", "wrong");
    assert_eq!(ask(Call { token: Some("sts-token".into()), ..temporary }), "SignatureDoesNotMatch");
    let log = server.stop().1;
    for state in ["state=None", "state=Some(Wrong)", "state=Some(Spent)"] {
        assert!(log.contains(state), "{log}");
    }
    for secret in ["5550101", "864201", "secret", "sts-token", "Signature="] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
