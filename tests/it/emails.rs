//! E-mail addresses: settings of a program, failures on demand, and what is told of the calls.

use serde_json::{Value, json};
use sync_asmx::testing::{Called, Server};

use crate::control_plane::client::{call, get, raw};
use crate::harness::{Answer, Envelope, Process, TestApp, command, exchange};

fn save() -> Envelope {
    Envelope::save_account_email()
}

fn remove() -> Envelope {
    Envelope::delete_account_email_address()
}

/// What comes back, as `0 ada@example.org`.
fn shown(answer: &Answer) -> String {
    format!("{} {}", answer.return_code(), answer.saved_email_address())
}

/// The default seed, with these settings.
fn app(settings: &Value) -> TestApp {
    let app = TestApp::start();
    assert_eq!(call(&app, "PATCH", "/programs/demo/settings", settings).0, 200);
    app
}

fn addresses(app: &TestApp, member: i32) -> Value {
    get(app, &format!("/programs/demo/members/{member}")).1["emails"].take()
}

#[test]
fn invalid_value_chooses_the_code_for_what_is_no_address() {
    for code in [1, 5] {
        let app = app(&json!({"invalid_value": code}));
        for address in ["ada.example.com", "ada@localhost", &format!("ada@{}com", "label.".repeat(50))] {
            assert_eq!(shown(&app.call(&save().with("EmailAddress", address))), format!("{code} "), "{address}");
        }
        assert_eq!(shown(&app.call(&save())), "0 Ada@example.org");
    }
}

#[test]
fn members_share_an_address_where_the_duplicate_check_is_off() {
    let app = app(&json!({"duplicate_email_check": false}));
    let of = |member: i32| save().with("MemberId", member).with("EmailAddress", "ALAN@example.com");
    assert_eq!(shown(&app.call(&of(1001))), "0 ALAN@example.com");
    assert_eq!(shown(&app.call(&of(1003))), "0 ALAN@example.com");
    assert_eq!(call(&app, "PATCH", "/programs/demo/settings", &json!({"duplicate_email_check": true})).0, 200);
    assert_eq!(shown(&app.call(&of(1003))), "314 ", "it is shared, though it stays what it is");
    for member in [1001, 1002] {
        assert_eq!(app.call(&remove().with("MemberId", member)).return_code(), 0);
    }
    assert_eq!(shown(&app.call(&of(1003))), "0 ALAN@example.com");
    assert_eq!(shown(&app.call(&of(1001))), "314 ");
}

#[test]
fn a_missing_element_is_its_default_or_code_2() {
    let (lenient, strict) = (TestApp::start(), app(&json!({"missing_elements": "strict"})));
    for (element, code) in [("MemberId", 311), ("EmailTypeExternalReference", 2), ("EmailAddress", 2), ("IsValid", 0)] {
        assert_eq!(lenient.call(&save().without(element)).return_code(), code, "{element}");
        assert_eq!(strict.call(&save().without(element)).return_code(), 2, "{element}");
    }
    assert_eq!(addresses(&lenient, 1001)[0]["is_valid"], false);
    for (element, code) in [("MemberId", 311), ("EmailTypeExternalReference", 2)] {
        assert_eq!(lenient.call(&remove().without(element)).return_code(), code, "{element}");
        assert_eq!(strict.call(&remove().without(element)).return_code(), 2, "{element}");
    }
}

#[test]
fn a_token_is_for_the_operations_that_it_names() {
    let app = TestApp::start();
    for (token, methods, codes) in [
        ("SAVING", json!(["SaveAccountEmail"]), [0, 101]),
        ("DELETING", json!(["Delete*"]), [101, 0]),
        ("BOTH", json!(["*Email*"]), [0, 0]),
    ] {
        let made = call(&app, "POST", "/programs/demo/security-tokens", &json!({"token": token, "methods": methods}));
        assert_eq!(made.0, 201, "{}", made.1);
        let answered = [save(), remove()].map(|call| app.call(&call.with("SecurityToken", token)).return_code());
        assert_eq!(answered, codes, "{methods}");
    }
}

#[test]
fn a_type_that_is_removed_is_unknown_at_once() {
    let app = TestApp::start();
    let work = save().with("EmailTypeExternalReference", "WORK");
    assert_eq!(app.call(&work).return_code(), 0);
    assert_eq!(call(&app, "DELETE", "/programs/demo/email-types/WORK", &Value::Null).0, 409);
    assert_eq!(app.call(&remove().with("EmailTypeExternalReference", " WORK ")).return_code(), 0);
    assert_eq!(call(&app, "DELETE", "/programs/demo/email-types/WORK", &Value::Null).0, 204);
    for call in [work, remove().with("EmailTypeExternalReference", "WORK")] {
        assert_eq!(app.call(&call).return_code(), 307);
        assert_eq!(app.call(&call.with("MemberId", 4711)).return_code(), 311);
    }
}

#[test]
fn failures_come_on_demand_and_nothing_is_stored() {
    let server = Server::start();
    let call = |envelope: &Envelope| exchange(server.address(), &envelope.request(server.address()));
    let addresses = |member| server.member("demo", member).expect("the member").emails;
    let before = addresses(1001);
    server.fault(r#"{"operation":"SaveAccountEmail","answer":{"return_code":314}}"#);
    server.fault(r#"{"operation":"DeleteAccountEmailAddress","answer":{"return_code":307}}"#);
    assert_eq!(call(&Envelope::save_account_phone()).return_code(), 0, "no rule is for it");
    assert_eq!(shown(&call(&save())), "314 ");
    assert_eq!(call(&remove()).return_code(), 307);
    for (rule, status) in
        [(r#"{"answer":{"http_status":503}}"#, 503), (r#"{"answer":{"soap_fault":"Timeout expired."}}"#, 500)]
    {
        server.fault(&rule.replacen('{', r#"{"operation":"SaveAccountEmail","#, 1));
        assert_eq!(call(&save()).status, status);
    }
    assert_eq!(addresses(1001), before);
    assert_eq!(shown(&call(&save())), "0 Ada@example.org");
    assert_eq!(call(&remove()).return_code(), 0);
    assert_eq!(addresses(1001), []);
    server.verify(Called::operation("SaveAccountEmail").program("demo").member_id(1001).return_code(314), 1);
    server.verify(Called::operation("DeleteAccountEmailAddress").member_id(1001).return_code(0), 1);
    let journal = server.journal();
    let told = journal.last().expect("an entry");
    assert_eq!((told.operation.as_deref(), told.return_code), (Some("DeleteAccountEmailAddress"), Some(0)));
}

#[test]
fn calls_are_counted_and_a_member_is_shown_with_its_addresses() {
    let app = TestApp::start();
    assert_eq!(app.call(&save()).return_code(), 0);
    assert_eq!(app.call(&save().with("EmailAddress", "alan@example.com")).return_code(), 314);
    let metrics = exchange(app.address(), b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n").text();
    let counted = |code: &str| metrics.lines().any(|line| line.contains("\"SaveAccountEmail\"") && line.contains(code));
    assert!(counted("\"0\"") && counted("\"314\""), "{metrics}");
    let page = raw(&app, "GET", "/console/members/1001?program=demo", "").text();
    assert!(page.contains("E-mail addresses") && page.contains("Ada@example.org"), "{page}");
    let page = raw(&app, "GET", "/console/members/1003?program=demo", "").text();
    assert!(page.contains("This member has no e-mail address."), "{page}");
}

#[test]
fn no_address_stands_in_the_log() {
    let folder = tempfile::tempdir().expect("a folder");
    let arguments = ["--listen", "127.0.0.1:0", "--ledger", "memory:", "--log", "json", "--log-level", "debug"];
    let server = Process::start(command(folder.path(), &arguments));
    for (call, code) in [
        (save(), 0),
        (save().with("EmailAddress", "alan@example.com"), 314),
        (save().with("EmailAddress", "ada.example.org"), 1),
        (remove(), 0),
    ] {
        assert_eq!(server.call(&call).return_code(), code);
    }
    let log = server.stop().1.to_lowercase();
    assert!(log.contains("saveaccountemail") && !log.contains("example.org") && !log.contains("example.com"), "{log}");
}
