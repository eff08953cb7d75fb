//! The order of the checks of modifyPhoneNumber: a call with every defect, and one mended after the other.

use serde_json::{Value, json};

use super::facade::{Facade, initialization};
use crate::harness::TestApp;

/// The account's program, with exact errors. Somebody else holds the number that is asked for.
fn put(facade: &Facade, account: &Value, number: Option<&str>) {
    let mut all = json!({"login": "bob", "member_id": 1, "instances": ["one"]});
    all.as_object_mut().expect("an object").extend(account.as_object().expect("members").clone());
    let phone = |number: &str| json!({"type": "MOBILE", "number": number, "carrier": null, "is_valid": true});
    let program = json!({
        "name": "own", "settings": {"pims": {"error_list": "sdk"}},
        "phone_number_types": [{"external_reference": "MOBILE", "name": ""}],
        "members": [
            {"member_id": 1, "phones": number.map(phone).into_iter().collect::<Vec<_>>()},
            {"member_id": 2, "phones": [phone("+33612345678")]},
        ],
        "pims_accounts": [all],
    });
    let (status, body) = facade.control("PUT", "/programs/own", &program);
    assert!(status < 300, "{body}");
}

#[test]
fn the_checks_come_in_their_order() {
    let app = TestApp::start();
    app.hold_clock("2030-01-01T00:00:00Z");
    let facade = Facade::new(app.address(), "one");
    put(&facade, &json!({"strong_authentication": false, "blocked": "account_blocked"}), None);
    let code = |api: &str, parameters: &Value| facade.fail("set", api, parameters).0;

    assert_eq!(code("other", &json!({})), 2001);
    assert_eq!(facade.call("initialize", &json!({"parameters": initialization("Fiat")}))["status"], "SUCCEEDED");
    assert_eq!(code("other", &json!({})), 2006);
    assert_eq!(facade.call("release", &json!({}))["status"], "SUCCEEDED");
    facade.initialize("Peugeot");
    assert_eq!(code("other", &json!({})), 2002);
    assert_eq!(code("smscode", &json!({})), 2344);
    put(&facade, &json!({"blocked": "account_blocked"}), None);

    let label = |parameters: Value| facade.fail("set", "smscode", &parameters).1;
    assert_eq!(label(json!({"smsCode": "x", "phoneNumber": "x"})), "Missing type parameter");
    assert_eq!(label(json!({"type": "x", "smsCode": "x", "phoneNumber": "x"})), "Invalid type parameter");
    assert_eq!(label(json!({"type": "modifyPhoneNumber", "phoneNumber": "x"})), "Missing smsCode parameter");
    assert_eq!(label(json!({"type": "modifyPhoneNumber", "smsCode": "x"})), "Missing phoneNumber parameter");
    let wrong = json!({"type": "modifyPhoneNumber", "smsCode": "x", "phoneNumber": "x"});
    let rule = json!({"operation": "modifyPhoneNumber", "answer": {"return_code": 2201}});
    assert_eq!(facade.control("POST", "/faults", &rule).0, 201);
    assert_eq!(label(wrong), "Invalid smsCode parameter");
    assert_eq!(
        label(json!({"type": "modifyPhoneNumber", "smsCode": "1", "phoneNumber": "x"})),
        "Invalid phoneNumber parameter"
    );

    facade.succeed("set", "user", &json!({"action": "logout"}));
    let modify = |sms_code: &str| {
        code("smscode", &json!({"type": "modifyPhoneNumber", "smsCode": sms_code, "phoneNumber": "0612345678"}))
    };
    assert_eq!([modify("1"), modify("1")], [2201, 2301]);
    facade.succeed("set", "user", &json!({"action": "login", "login": "bob"}));
    assert_eq!(modify("1"), 2310);
    put(&facade, &json!({"blocked": "pin_blocked"}), None);
    assert_eq!(modify("1"), 2312);
    put(&facade, &json!({"blocked": "pin_blocked", "device_enrolled": true}), None);
    assert_eq!(modify("1"), 2317);
    put(&facade, &json!({"device_enrolled": true}), None);
    assert_eq!(modify("1"), 2307);
    put(&facade, &json!({"device_enrolled": true}), Some("+33611111111"));
    assert_eq!(modify("1"), 2305);
    let expired = facade.certify("0612345678", "+33612345678");
    assert_eq!(facade.control("POST", "/clock/advance", &json!({"seconds": 600})).0, 200);
    assert_eq!(modify(&expired), 2306);
    let right = facade.certify("0612345678", "+33612345678");
    assert_eq!(modify(&right), 2390);
    assert_eq!(facade.control("DELETE", "/programs/own/members/2", &Value::Null).0, 204);
    assert_eq!(facade.use_code("modifyPhoneNumber", &right, "0612345678")["status"], "SUCCEEDED");
}
