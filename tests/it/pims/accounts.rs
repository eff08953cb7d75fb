//! Who is logged in, and what is told of an account.

use serde_json::{Value, json};

use super::facade::Facade;
use crate::harness::TestApp;

/// A program with one account, which has these members beside its login.
fn put_account(facade: &Facade, members: &Value) {
    let mut account = json!({"login": "bob", "member_id": 1, "device_enrolled": true});
    let more = members.as_object().expect("members").clone();
    account.as_object_mut().expect("an object").extend(more);
    let program = json!({
        "name": "own", "phone_number_types": [{"external_reference": "MOBILE", "name": ""}],
        "members": [{"member_id": 1}], "pims_accounts": [account],
    });
    let (status, body) = facade.control("PUT", "/programs/own", &program);
    assert!(status < 300, "{body}");
}

#[test]
fn who_logs_in_is_known_until_he_logs_out() {
    let app = TestApp::start();
    let facade = Facade::new(app.address(), "one");
    facade.initialize("Peugeot");
    put_account(&facade, &json!({"password": "PASSWORD"}));
    let basic = json!({"actionType": "basic", "type": "username"});
    let need = "Need Basic Authentication (to get CVS token)".to_owned();
    assert_eq!(facade.fail("get", "account", &basic), (2301, need));
    for (parameters, code, label) in [
        (json!({}), 2101, "Missing action parameter"),
        (json!({"action": "createAccount"}), 2102, "Invalid action parameter"),
        (json!({"action": "login"}), 2101, "Missing login parameter"),
        (json!({"action": "login", "login": 1}), 2102, "Invalid login parameter"),
        (json!({"action": "login", "login": "nobody"}), 2102, "Invalid login parameter"),
        (json!({"action": "login", "account": "nobody"}), 2102, "Invalid account parameter"),
        (json!({"action": "login", "login": "bob"}), 2101, "Missing password parameter"),
        (json!({"action": "login", "login": "bob", "password": "other"}), 2102, "Invalid password parameter"),
        (json!({"action": "logout"}), 2303, "Failed to logout"),
    ] {
        assert_eq!(facade.fail("set", "user", &parameters), (code, label.into()), "{parameters}");
    }
    let login = json!({"action": "login", "login": "bob", "password": "PASSWORD"});
    assert_eq!(facade.succeed("set", "user", &login), Value::Null);
    assert_eq!(facade.succeed("get", "account", &basic), json!({"login": "bob"}));
    facade.succeed("set", "user", &json!({"action": "logout"}));
    assert_eq!(facade.fail("get", "account", &basic).0, 2301);
    facade.succeed("set", "user", &json!({"action": "login", "account": "bob"}));
    assert_eq!(facade.succeed("get", "account", &basic), json!({"login": "bob"}));
    assert_eq!(facade.control("DELETE", "/programs/own", &Value::Null).0, 204);
    assert_eq!(facade.fail("get", "account", &basic).0, 2301);
}

#[test]
fn a_configured_instance_is_logged_in_without_a_login() {
    let app = TestApp::start();
    let facade = Facade::new(app.address(), "device-1");
    put_account(&facade, &json!({"instances": ["device-1"]}));
    facade.initialize("Peugeot");
    let basic = json!({"actionType": "basic", "type": "username"});
    assert_eq!(facade.succeed("get", "account", &basic), json!({"login": "bob"}));
    facade.succeed("set", "user", &json!({"action": "logout"}));
    assert_eq!(facade.fail("get", "account", &basic).0, 2301);
}

#[test]
fn an_account_tells_whether_device_and_pin_are_in_order() {
    let app = TestApp::start();
    let facade = Facade::new(app.address(), "one");
    facade.initialize("Peugeot");
    for (members, is_activated, blocked) in [
        (json!({}), true, "NotBlocked"),
        (json!({"device_enrolled": false, "blocked": "pin_blocked"}), false, "PinBlocked"),
        (json!({"blocked": "account_blocked"}), true, "Unknown"),
    ] {
        put_account(&facade, &members);
        facade.succeed("set", "user", &json!({"action": "login", "login": "bob"}));
        let strong = |kind| facade.succeed("get", "account", &json!({"actionType": "strong", "type": kind}));
        assert_eq!(strong("isDeviceActivated"), json!({"isDeviceActivated": is_activated}));
        assert_eq!(strong("isAccountBlocked"), json!({"isAccountBlocked": blocked}));
    }
    for (parameters, label) in [
        (json!({"type": "username"}), "Missing actionType parameter"),
        (json!({"actionType": "strong"}), "Missing type parameter"),
        (json!({"actionType": "weak", "type": "username"}), "Invalid actionType parameter"),
        (json!({"actionType": "strong", "type": "username"}), "Invalid type parameter"),
        (json!({"actionType": "basic", "type": "isDeviceActivated"}), "Invalid type parameter"),
    ] {
        assert_eq!(facade.fail("get", "account", &parameters).1, label);
    }
}

#[test]
fn without_its_component_strong_authentication_is_not_configured() {
    let app = TestApp::start();
    let facade = Facade::new(app.address(), "one");
    put_account(&facade, &json!({"strong_authentication": false}));
    facade.initialize("Peugeot");
    facade.succeed("set", "user", &json!({"action": "login", "login": "bob"}));
    let not_configured = (2344, "StrongAuthentication not configured".to_owned());
    // Before any parameter is looked at.
    assert_eq!(facade.fail("set", "smscode", &json!({})), not_configured);
    assert_eq!(
        facade.fail("get", "account", &json!({"actionType": "strong", "type": "isDeviceActivated"})),
        not_configured
    );
    facade.succeed("get", "account", &json!({"actionType": "basic", "type": "username"}));
    assert_eq!(facade.trusted_number(), Value::Null);
}

#[test]
fn a_device_is_enrolled_with_a_code_to_the_trusted_number() {
    let app = TestApp::start();
    let facade = Facade::new(app.address(), "one");
    put_account(&facade, &json!({"device_enrolled": false}));
    facade.initialize("Peugeot");
    facade.succeed("set", "user", &json!({"action": "login", "login": "bob"}));
    // Nowhere to send a code to; 2307 isn't listed there.
    assert_eq!(facade.fail("get", "smscode", &json!({"type": "enrollment"})), (2204, "Server Error".into()));
    facade.trust("0612345678", "+33612345678");
    let code = facade.certify("0612345679", "+33612345679");
    let device = "inwebo: device is disabled or unknown".to_owned();
    assert_eq!(super::facade::failure(&facade.use_code("modifyPhoneNumber", &code, "0612345679")), (2312, device));
    let enroll = |code: &str| json!({"action": "enrollment", "smsCode": code});
    facade.succeed("get", "smscode", &json!({"type": "resetPIN"}));
    let pin = facade.last_code("+33612345678");
    let invalid = (2102, "Invalid smsCode parameter".to_owned());
    assert_eq!(facade.fail("set", "smscode", &enroll(&pin)), invalid, "a code for something else");
    facade.succeed("get", "smscode", &json!({"type": "enrollment", "phoneNumber": "0612345678"}));
    let code = facade.last_code("+33612345678");
    assert_eq!(facade.succeed("set", "smscode", &enroll(&code)), json!({"status": "NotEnrolled"}));
    assert_eq!(facade.fail("set", "smscode", &enroll(&code)), invalid, "a code counts once");
    let strong = json!({"actionType": "strong", "type": "isDeviceActivated"});
    assert_eq!(facade.succeed("get", "account", &strong), json!({"isDeviceActivated": true}));
    let (_, program) = facade.control("GET", "/programs/own", &Value::Null);
    assert_eq!(program["pims_accounts"][0]["device_enrolled"], true);
    facade.succeed("get", "smscode", &json!({"type": "enrollment"}));
    let code = facade.last_code("+33612345678");
    assert_eq!(facade.succeed("set", "smscode", &enroll(&code)), json!({"status": "AlreadyEnrolled"}));
    put_account(&facade, &json!({"blocked": "account_blocked"}));
    assert_eq!(facade.fail("set", "smscode", &enroll(&code)).0, 2317);
}
