//! Failures on demand, and what the journal tells.

use serde_json::{Value, json};

use super::facade::{Facade, failure};
use crate::harness::{Process, TestApp, command};

fn rule(facade: &Facade, rule: &Value) {
    let (status, body) = facade.control("POST", "/faults", rule);
    assert_eq!(status, 201, "{body}");
}

fn modify(number: &str) -> Value {
    json!({"type": "modifyPhoneNumber", "smsCode": "1", "phoneNumber": number})
}

#[test]
fn every_error_of_the_table_can_be_ordered_for_an_operation() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    for (code, label) in [
        (2201, "Timeout/Polling Timeout/Command Timeout"),
        (2202, "Network problem : No internet"),
        (2204, "Server Error"),
        (2308, "inwebo: access refused"),
        (2309, "inwebo: version error"),
        (2310, "inwebo: account is blocked "),
        (2311, "inwebo: internal state not correct"),
        (2313, "inwebo: User must activate inWebo helium or inWebo Desktop Token before achieving this operation"),
        (2314, "inwebo: No service is available"),
    ] {
        rule(&facade, &json!({"operation": "modifyPhoneNumber", "answer": {"return_code": code}}));
        // After the parameters are checked, and for this operation only.
        assert_eq!(facade.fail("set", "smscode", &json!({"type": "modifyPhoneNumber"})).0, 2101);
        assert_eq!(facade.trusted_number(), Value::Null);
        assert_eq!(facade.fail("set", "smscode", &modify("0612345678")), (code, label.to_owned()));
    }
}

/// The number that member 1001 has as MOBILE.
fn mobile(facade: &Facade) -> Value {
    let (_, member) = facade.control("GET", "/programs/demo/members/1001", &Value::Null);
    member["phones"].as_array().into_iter().flatten().find(|phone| phone["type"] == "MOBILE").unwrap_or(&Value::Null)["number"].clone()
}

fn use_code(kind: &str, code: &str, number: &str) -> Value {
    json!({"type": kind, "smsCode": code, "phoneNumber": number})
}

#[test]
fn the_operation_succeeds_and_what_follows_it_fails_with_2316() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    let code = facade.certify("0612345678", "33612345678");
    facade.succeed("set", "smscode", &use_code("addPhoneNumber", &code, "0612345678"));
    rule(&facade, &json!({"operation": "modifyPhoneNumber", "answer": {"return_code": 2316}}));

    // A call that fails has its own error, and leaves the rule for one that doesn't.
    assert_eq!(facade.fail("set", "smscode", &use_code("modifyPhoneNumber", "1", "0612345679")).0, 2102);
    let code = facade.certify("0612345679", "33612345679");
    let modify = use_code("modifyPhoneNumber", &code, "0612345679");
    let label = "inwebo: the operation succeeded but it required a post-synchronization which failed";
    assert_eq!(facade.fail("set", "smscode", &modify), (2316, label.to_owned()));
    assert_eq!(mobile(&facade), "+33612345679");

    // The code is used up, and so is the rule.
    assert_eq!(facade.fail("set", "smscode", &modify).0, 2102);
    let code = facade.certify("0612345680", "33612345680");
    facade.succeed("set", "smscode", &use_code("modifyPhoneNumber", &code, "0612345680"));
    let (_, page) = facade.control("GET", "/journal?return_code=2316", &Value::Null);
    assert_eq!(page["entries"].as_array().map(Vec::len), Some(1), "{page}");
}

#[test]
fn another_rule_comes_before_2316_and_what_does_not_list_it_is_refused_by_it() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    for code in [2316, 2201] {
        rule(&facade, &json!({"operation": "addPhoneNumber", "answer": {"return_code": code}}));
    }
    let code = facade.certify("0612345678", "33612345678");
    let add = use_code("addPhoneNumber", &code, "0612345678");
    assert_eq!([2316, 2201], [(); 2].map(|()| facade.fail("set", "smscode", &add).0));
    assert_eq!(mobile(&facade), Value::Null);
    facade.succeed("set", "smscode", &add);

    for code in [2316, 2201] {
        rule(&facade, &json!({"operation": "modifyPhoneNumber", "answer": {"return_code": code}}));
    }
    let code = facade.certify("0612345679", "33612345679");
    let modify = use_code("modifyPhoneNumber", &code, "0612345679");
    assert_eq!([2201, 2316, 2102], [(); 3].map(|()| facade.fail("set", "smscode", &modify).0));
}

#[test]
fn an_error_that_is_not_one_of_the_sdk_is_for_other_apis() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    let (status, body) =
        facade.control("POST", "/faults", &json!({"operation": "modifyPhoneNumber", "answer": {"return_code": 1}}));
    assert_eq!((status, &body["field"]), (422, &json!("answer")), "{body}");
    rule(&facade, &json!({"answer": {"return_code": 1}}));
    assert_eq!(facade.trusted_number(), Value::Null);
    assert_eq!(app.save_account_phone(1001, "HOME", "+15195550123").return_code(), 1);
}

#[test]
fn a_rule_names_program_member_and_number() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    let ordered =
        json!({"program": "demo", "member_id": 1001, "number": "+33612345678", "answer": {"return_code": 2202}});
    rule(&facade, &ordered);
    assert_eq!(facade.trusted_number(), Value::Null);
    assert_eq!(facade.fail("set", "smscode", &modify("0612345679")).0, 2204);
    assert_eq!(facade.fail("set", "smscode", &modify("06 12 34 56 78")).0, 2202);
}

#[test]
fn methods_that_are_operations_by_themselves_are_broken_too() {
    let app = TestApp::start();
    let facade = Facade::new(app.address(), "one");
    let initialization = json!({"parameters": super::facade::initialization("Peugeot")});
    rule(&facade, &json!({"operation": "initialize", "answer": {"return_code": 2004}}));
    assert_eq!(failure(&facade.call("initialize", &initialization)), (2004, "Configuration file invalid".into()));
    let facade = Facade::logged_in(app.address(), "one");
    for operation in ["release", "unsubscribe"] {
        rule(&facade, &json!({"operation": operation, "answer": {"http_status": 502}}));
        let answer = facade.send(operation, r#"{"api":"pims.authentication.trustedphonenumber"}"#);
        assert_eq!((answer.status, answer.text()), (502, String::new()));
    }
    rule(&facade, &json!({"operation": "logout", "answer": {"return_code": 2303}}));
    assert_eq!(facade.fail("set", "user", &json!({"action": "logout"})).0, 2303);
    rule(&facade, &json!({"operation": "subscribe", "answer": {"return_code": 2203}}));
    let mut events = facade.subscribe("trustedphonenumber", &json!({}));
    assert_eq!(events.next().map(|message| failure(&message).0), Some(2203));
}

#[test]
fn a_connection_is_closed_before_or_after_the_number_is_stored() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    facade.trust("0612345678", "+33612345678");
    for (when, expected) in [("before", "0612345678"), ("after", "0612345679")] {
        let code = facade.certify("0612345679", "+33612345679");
        rule(&facade, &json!({"operation": "modifyPhoneNumber", "answer": {"disconnect": when}}));
        let parameters = json!({"type": "modifyPhoneNumber", "smsCode": code, "phoneNumber": "0612345679"});
        let body = json!({"api": "pims.authentication.smscode", "parameters": parameters}).to_string();
        let request = format!(
            "POST /pims/set HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nX-Pims-Instance: one\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        assert!(app.connect().exchange(request.as_bytes()).is_err(), "{when}");
        assert_eq!(facade.trusted_number(), expected, "{when}");
    }
}

#[test]
fn the_journal_has_every_call_and_no_secret() {
    let app = TestApp::start();
    let facade = Facade::new(app.address(), "one");
    facade.initialize("Peugeot");
    facade.succeed("set", "user", &json!({"action": "login", "login": "ada@example.com", "password": "PASSWORD"}));
    let message = facade.ask("set", "smscode", &modify("0612345678"));
    assert_eq!(facade.send("get", "no JSON").status, 400);
    let (_, page) = facade.control("GET", "/journal", &Value::Null);
    let entries = page["entries"].as_array().expect("entries");
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            ["operation", "program", "member_id", "return_code", "http_status"].map(|name| entry[name].clone())
        })
        .collect();
    assert_eq!(
        json!(told),
        json!([
            ["initialize", null, null, 0, 200],
            ["login", "demo", 1001, 0, 200],
            ["modifyPhoneNumber", "demo", 1001, 2204, 200],
            [null, null, null, null, 400],
        ])
    );
    let text = page.to_string();
    assert!(!text.contains("CLIENT-SECRET") && !text.contains("PASSWORD") && text.contains("***"), "{text}");
    let response: Value = serde_json::from_str(entries[2]["response"].as_str().expect("a text")).expect("a message");
    assert_eq!(response, message, "its transactionId included");
}

#[test]
fn the_log_has_neither_codes_nor_numbers_nor_passwords() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--listen", "127.0.0.1:0", "--ledger", "memory:", "--log-level", "debug"];
    let server = Process::start(command(folder.path(), &arguments));
    let facade = Facade::new(server.address(), "one");
    facade.initialize("Peugeot");
    facade.succeed("set", "user", &json!({"action": "login", "login": "ada@example.com", "password": "PASSWORD"}));
    // Long ones, which don't turn up by chance in a time.
    let codes = json!({"verification_codes": {"digits": 8}});
    assert_eq!(facade.control("PATCH", "/programs/demo/settings", &codes).0, 200);
    facade.trust("0612345678", "+33612345678");
    let code = facade.last_code("+33612345678");
    assert_eq!(facade.control("DELETE", "/programs/demo/members/1001", &Value::Null).0, 204);
    assert_eq!(facade.control("DELETE", "/programs/demo/phone-number-types/MOBILE", &Value::Null).0, 204);
    assert_eq!(facade.fail("get", "trustedphonenumber", &json!({})).0, 2204);
    let (_, log) = server.stop();
    assert!(log.contains("answered with error 2204") && log.contains("phone_number_type"), "{log}");
    for secret in ["612345678", "PASSWORD", "CLIENT-SECRET", &code] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
