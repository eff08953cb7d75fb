//! `initialize`, `release`, and what calls need before anything else.

use std::thread;

use serde_json::{Value, json};

use super::facade::{Facade, failure, initialization};
use crate::harness::TestApp;

#[test]
fn nothing_goes_before_initialize_nor_after_release() {
    let app = TestApp::start();
    let facade = Facade::new(app.address(), "one");
    let not_initialized = (2001, "Facade not initialized".to_owned());
    for method in ["get", "set", "subscribe", "unsubscribe", "release"] {
        let answer = facade.send(method, r#"{"api":"pims.authentication.trustedphonenumber"}"#);
        let text = answer.text();
        let message: Value = serde_json::from_str(text.trim_start_matches("data: ")).expect("a message");
        assert_eq!((answer.status, failure(&message)), (200, not_initialized.clone()), "{method}");
    }
    facade.initialize("Peugeot");
    let again = facade.call("initialize", &json!({"parameters": {}}));
    assert_eq!(failure(&again), (2007, "Facade already initialized".into()));
    assert_eq!(Facade::new(app.address(), "two").fail("get", "trustedphonenumber", &json!({})), not_initialized);
    assert_eq!(facade.call("release", &json!({}))["status"], "SUCCEEDED");
    assert_eq!(failure(&facade.call("release", &json!({}))), not_initialized);
    facade.initialize("Opel");
}

#[test]
fn of_many_who_initialize_an_instance_at_once_exactly_one_does() {
    let app = TestApp::start();
    let body = json!({"parameters": initialization("Peugeot"), "something": "else"});
    let codes: Vec<Value> = thread::scope(|scope| {
        let facade = Facade::new(app.address(), "one");
        let callers: Vec<_> = (0..8)
            .map(|_| {
                let (facade, body) = (facade.clone(), &body);
                scope.spawn(move || facade.call("initialize", body)["error"]["code"].clone())
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().expect("a message")).collect()
    });
    assert_eq!(codes.iter().filter(|code| code.is_null()).count(), 1, "{codes:?}");
    assert_eq!(codes.iter().filter(|code| **code == 2007).count(), 7, "{codes:?}");
}

#[test]
fn parameters_of_initialize_are_checked_and_the_instance_stays_as_it_was() {
    let app = TestApp::start();
    let facade = Facade::new(app.address(), "one");
    let mut missing = initialization("Peugeot");
    missing["environnement"] = Value::Null;
    let message = facade.call("initialize", &json!({"parameters": missing}));
    assert_eq!(failure(&message), (2101, "Missing environnement parameter".into()));
    let mut wrong = initialization("Peugeot");
    wrong["mode"] = json!("B2X");
    let message = facade.call("initialize", &json!({"parameters": wrong}));
    assert_eq!(failure(&message), (2102, "Invalid mode parameter".into()));
    assert_eq!(facade.fail("get", "trustedphonenumber", &json!({})).0, 2001);
}

#[test]
fn a_useless_credential_or_profile_is_found_by_the_first_call() {
    let app = TestApp::start();
    for (name, place, value) in [
        ("a", "/credential/clientSecret", json!(" ")),
        ("b", "/credential/clientId", Value::Null),
        ("c", "/profile/brand", json!("Fiat")),
        ("d", "/credential", json!({})),
        ("e", "/profile", json!({})),
    ] {
        let facade = Facade::new(app.address(), name);
        let mut parameters = initialization("Peugeot");
        *parameters.pointer_mut(place).expect("a place") = value;
        assert_eq!(facade.call("initialize", &json!({"parameters": parameters}))["status"], "SUCCEEDED");
        let not_configured = (2006, "Core not well configured".to_owned());
        assert_eq!(facade.fail("get", "trustedphonenumber", &json!({})), not_configured);
        assert_eq!(facade.fail("set", "nothing", &json!({})), not_configured);
        let account = json!({"actionType": "strong", "type": "isDeviceActivated"});
        assert_eq!(facade.fail("get", "account", &account), not_configured);
        assert_eq!(facade.fail("unsubscribe", "trustedphonenumber", &json!({})), not_configured);
        // Who has begun again in the right way is heard.
        assert_eq!(facade.call("release", &json!({}))["status"], "SUCCEEDED");
        facade.initialize("Peugeot");
        assert_eq!(facade.fail("set", "nothing", &json!({})).0, 2002);
    }
}

#[test]
fn an_unknown_api_is_not_supported_nor_is_one_under_another_method() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    for (method, api) in [
        ("get", "nothing"),
        ("get", "pincode"),
        ("get", "otp"),
        ("set", "enrollment"),
        ("set", "trustedphonenumber"),
        ("get", "user"),
        ("get", "SMSCODE"),
        ("unsubscribe", "smscode"),
    ] {
        assert_eq!(facade.fail(method, api, &json!({})), (2002, "API not supported".into()), "{method} {api}");
    }
    for body in [json!({}), json!({"api": 1}), json!({"api": null, "parameters": 1})] {
        assert_eq!(failure(&facade.call("get", &body)).0, 2002, "{body}");
    }
    let message = facade.call("get", &json!({"api": "pims.authentication.smscode", "parameters": [1]}));
    assert_eq!(failure(&message), (2102, "Invalid parameters parameter".into()));
}

#[test]
fn a_reset_of_everything_ends_all_instances() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    assert_eq!(facade.control("POST", "/reset", &Value::Null).0, 204);
    assert_eq!(facade.fail("get", "trustedphonenumber", &json!({})).0, 2001);
}
