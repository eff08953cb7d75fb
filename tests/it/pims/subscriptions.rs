//! Streams of events.

use std::time::Instant;

use serde_json::{Value, json};

use super::facade::{Events, Facade, failure};
use crate::harness::{Process, TestApp, command, wait_for};

const TRUSTED: &str = "trustedphonenumber";

/// Subscribes, and checks the acknowledgement. Gives its id too.
fn subscribed(facade: &Facade, api: &str, parameters: &Value) -> (Events, Value) {
    let mut events = facade.subscribe(api, parameters);
    let acknowledgement = events.next().expect("an acknowledgement");
    let id = acknowledgement["transactionId"].clone();
    assert_eq!(acknowledgement, json!({"transactionId": id, "status": "SUCCEEDED"}));
    (events, id)
}

fn unsubscribe(facade: &Facade) -> Value {
    facade.ask("unsubscribe", TRUSTED, &json!({}))
}

#[test]
fn a_subscriber_is_told_of_every_change_by_whichever_api() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    let (mut events, id) = subscribed(&facade, TRUSTED, &json!({}));
    let result = |number: Value| json!({"transactionId": id, "status": "RESULT", "result": {"phoneNumber": number}});
    Facade::logged_in(app.address(), "two").trust("0612345678", "+33612345678");
    assert_eq!(events.next(), Some(result("0612345678".into())));
    assert_eq!(app.save_account_phone(1001, "MOBILE", "+15195550123").return_code(), 0);
    assert_eq!(events.next(), Some(result("+15195550123".into())));
    assert_eq!(facade.control("PUT", "/programs/demo/members/1001", &json!({"member_id": 1001})).0, 200);
    assert_eq!(events.next(), Some(result(Value::Null)));
    assert_eq!(facade.control("DELETE", "/programs/demo/phone-number-types/MOBILE", &Value::Null).0, 204);
    let event = events.next().expect("an event");
    let error = json!({"code": 2204, "label": "Server Error"});
    assert_eq!(event, json!({"transactionId": id, "status": "RESULT", "error": error}));
    assert_eq!(unsubscribe(&facade)["status"], "SUCCEEDED");
    assert_eq!(events.next(), None);
}

#[test]
fn account_and_device_can_be_watched() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    let activated = json!({"actionType": "strong", "type": "isDeviceActivated"});
    let (mut events, id) = subscribed(&facade, "account", &activated);
    let (_, mut program) = facade.control("GET", "/programs/demo", &Value::Null);
    program["pims_accounts"][0]["device_enrolled"] = json!(false);
    assert_eq!(facade.control("PUT", "/programs/demo", &program).0, 204);
    let result = json!({"isDeviceActivated": false});
    assert_eq!(events.next(), Some(json!({"transactionId": id, "status": "RESULT", "result": result})));
    facade.succeed("set", "user", &json!({"action": "logout"}));
    let event = events.next().expect("an event");
    assert_eq!((&event["status"], &event["error"]["code"]), (&json!("RESULT"), &json!(2301)));
}

#[test]
fn an_api_is_subscribed_to_once_and_until_it_is_unsubscribed() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    assert_eq!(failure(&unsubscribe(&facade)), (2102, "Invalid api parameter".into()));
    let (events, _) = subscribed(&facade, TRUSTED, &json!({}));
    let mut again = facade.subscribe(TRUSTED, &json!({}));
    let message = again.next().expect("a message");
    assert_eq!(failure(&message), (2005, "Duplicate command".into()));
    // Another API, and another instance.
    let blocked = json!({"actionType": "strong", "type": "isAccountBlocked"});
    let (other, _) = subscribed(&facade, "account", &blocked);
    let elsewhere = subscribed(&Facade::logged_in(app.address(), "two"), TRUSTED, &json!({}));
    assert_eq!(unsubscribe(&facade)["status"], "SUCCEEDED");
    events.rest();
    assert_eq!(failure(&unsubscribe(&facade)).0, 2102);
    let (events, _) = subscribed(&facade, TRUSTED, &json!({}));
    assert_eq!(facade.call("release", &json!({}))["status"], "SUCCEEDED");
    events.rest();
    other.rest();
    assert_eq!(facade.control("POST", "/reset", &Value::Null).0, 204);
    elsewhere.0.rest();
}

#[test]
fn what_can_not_be_subscribed_to_is_told_and_the_stream_ends() {
    let app = TestApp::start();
    let facade = Facade::new(app.address(), "one");
    let outcome = |api: &str, parameters: Value| {
        let mut events = facade.subscribe(api, &parameters);
        failure(&events.next().expect("a message"))
    };
    assert_eq!(outcome(TRUSTED, json!({})).0, 2001);
    facade.initialize("Peugeot");
    assert_eq!(outcome(TRUSTED, json!({})).0, 2204, "nobody is logged in");
    let facade = Facade::logged_in(app.address(), "two");
    let outcome = |api: &str, parameters: Value| {
        let mut events = facade.subscribe(api, &parameters);
        failure(&events.next().expect("a message")).0
    };
    assert_eq!(outcome("smscode", json!({"type": "resetPIN"})), 2002);
    assert_eq!(outcome("account", json!({"actionType": "basic", "type": "username"})), 2102);
    assert_eq!(outcome("account", json!({})), 2101);
}

#[test]
fn who_goes_away_is_not_subscribed_any_more() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    drop(subscribed(&facade, TRUSTED, &json!({})));
    // It shows when something is written to him.
    wait_for("the end of the subscription", || {
        let mut events = facade.subscribe(TRUSTED, &json!({}));
        events.next().is_some_and(|message| message["status"] == "SUCCEEDED")
    });
}

#[test]
fn more_streams_than_there_is_room_for_are_refused_with_503() {
    let app = TestApp::start();
    let facades: Vec<_> =
        (0..101).map(|index| Facade::logged_in(app.address(), &format!("instance {index}"))).collect();
    let streams: Vec<_> = facades[..100].iter().map(|facade| subscribed(facade, TRUSTED, &json!({}))).collect();
    let body = r#"{"api":"pims.authentication.trustedphonenumber"}"#;
    let answer = facades[100].send("subscribe", body);
    assert_eq!((answer.status, answer.header("retry-after")), (503, Some("1")), "{}", answer.text());
    assert_eq!(unsubscribe(&facades[0])["status"], "SUCCEEDED");
    wait_for("room", || {
        let mut events = facades[100].subscribe(TRUSTED, &json!({}));
        events.next().is_some()
    });
    drop(streams);
}

#[test]
fn open_streams_do_not_hold_up_the_end() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut server = Process::start(command(folder.path(), &["--listen", "127.0.0.1:0", "--ledger", "memory:"]));
    let facade = Facade::logged_in(server.address(), "one");
    let (events, _) = subscribed(&facade, TRUSTED, &json!({}));
    let asked = Instant::now();
    server.terminate();
    events.rest();
    assert!(server.wait().success());
    assert!(asked.elapsed().as_secs() < 10, "took {:?}", asked.elapsed());
}
