//! A number is proved by a code, and becomes the trusted one.

use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use super::facade::{Facade, failure};
use crate::harness::{Envelope, TestApp};

const INVALID_CODE: (u64, &str) = (2102, "Invalid smsCode parameter");

fn told(failure: &(u64, String)) -> (u64, &str) {
    (failure.0, &failure.1)
}

/// Sets what the program `demo` leaves open.
fn set(facade: &Facade, settings: &Value) {
    let (status, body) = facade.control("PATCH", "/programs/demo/settings", settings);
    assert_eq!(status, 200, "{body}");
}

#[test]
fn the_trusted_number_is_the_one_that_the_member_holds() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    assert_eq!(facade.trusted_number(), Value::Null);
    facade.trust("0612345678", "+33612345678");
    assert_eq!(facade.trusted_number(), "0612345678");
    facade.trust("+44 7400 123456", "+447400123456");
    assert_eq!(facade.trusted_number(), "+447400123456", "a number of another country");
    let (_, member) = facade.control("GET", "/programs/demo/members/1001", &Value::Null);
    assert_eq!(
        member["phones"],
        json!([{"type": "MOBILE", "number": "+447400123456", "carrier": null, "is_valid": true}])
    );
    assert_eq!(app.save_account_phone(1001, "MOBILE", "+33612345677").return_code(), 0);
    assert_eq!(facade.trusted_number(), "0612345677");
}

#[test]
fn a_number_is_refused_to_another_member_by_either_api() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    facade.trust("0612345678", "+33612345678");
    assert_eq!(app.save_account_phone(1003, "HOME", "+33612345678").return_code(), 315);
    assert_eq!(app.save_account_phone(1003, "HOME", "+33612345679").return_code(), 0);
    let code = facade.certify("0612345679", "+33612345679");
    let server_error = (2204, "Server Error");
    let message = facade.use_code("modifyPhoneNumber", &code, "0612345679");
    assert_eq!(told(&failure(&message)), server_error);
    set(&facade, &json!({"pims": {"error_list": "sdk"}}));
    let registered = (2390, "Phone number allready registered");
    // The code was given back.
    assert_eq!(told(&failure(&facade.use_code("modifyPhoneNumber", &code, "0612345679"))), registered);
    assert_eq!(told(&failure(&facade.use_code("addPhoneNumber", &code, "0612345679"))), registered);
    assert_eq!(facade.trusted_number(), "0612345678");
    assert_eq!(app.save_account_phone(1003, "HOME", "+33612345670").return_code(), 0);
    assert_eq!(facade.use_code("modifyPhoneNumber", &code, "0612345679")["status"], "SUCCEEDED");
}

#[test]
fn a_code_counts_for_its_number_and_once_and_in_its_time() {
    let app = TestApp::start();
    app.hold_clock("2030-01-01T00:00:00Z");
    let facade = Facade::logged_in(app.address(), "one");
    facade.trust("0612345678", "+33612345678");
    let code = facade.certify("0612345679", "+33612345679");
    let modify = |code: &str, number: &str| failure(&facade.use_code("modifyPhoneNumber", code, number));
    assert_eq!(told(&modify(&code, "0612345670")), INVALID_CODE, "no code was asked for this number");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(told(&modify(wrong, "0612345679")), INVALID_CODE);
    assert_eq!(facade.control("POST", "/clock/advance", &json!({"seconds": 600})).0, 200);
    assert_eq!(told(&modify(&code, "0612345679")), INVALID_CODE, "its time is over");
    set(&facade, &json!({"pims": {"error_list": "sdk"}}));
    assert_eq!(told(&modify(&code, "0612345679")), (2306, "The sms code is expired"));
    let older = facade.certify("0612345679", "+33612345679");
    let code = facade.certify("0612345679", "+33612345679");
    if older != code {
        assert_eq!(told(&modify(&older, "0612345679")), (2305, "The sms code is invalid"), "a newer one was sent");
    }
    assert_eq!(facade.use_code("modifyPhoneNumber", &code, "0612345679")["status"], "SUCCEEDED");
    assert_eq!(told(&modify(&code, "0612345679")), (2305, "The sms code is invalid"), "it is used up");
}

#[test]
fn after_too_many_tries_the_right_code_counts_no_more() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    facade.trust("0612345678", "+33612345678");
    set(
        &facade,
        &json!({"pims": {"error_list": "sdk"}, "verification_codes": {"tries": 2, "digits": 8, "life_seconds": 600}}),
    );
    let code = facade.certify("0612345679", "+33612345679");
    assert_eq!(code.len(), 8);
    let modify = |code: &str| failure(&facade.use_code("modifyPhoneNumber", code, "0612345679")).0;
    assert_eq!([modify("1"), modify("1"), modify(&code)], [2305, 2305, 2306]);
}

#[test]
fn the_same_number_again_changes_nothing_and_needs_a_right_code() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    facade.trust("0612345678", "+33612345678");
    let call = Envelope::save_account_phone()
        .with("PhoneNumberTypeExternalReference", "MOBILE")
        .with("PhoneNumber", "+33612345678")
        .with("MobileCarrierExternalReference", "BELL");
    assert_eq!(app.call(&call).return_code(), 0);
    assert_eq!(told(&failure(&facade.use_code("modifyPhoneNumber", "1", "0612345678"))), INVALID_CODE);
    facade.trust("+33 6 12 34 56 78", "+33612345678");
    let (_, member) = facade.control("GET", "/programs/demo/members/1001", &Value::Null);
    assert_eq!(member["phones"][0]["carrier"], "BELL");
}

#[test]
fn an_account_without_a_number_adds_one_and_does_not_modify() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    let code = facade.certify("0612345678", "+33612345678");
    let modify = || failure(&facade.use_code("modifyPhoneNumber", &code, "0612345678"));
    assert_eq!(told(&modify()), (2204, "Server Error"));
    set(&facade, &json!({"pims": {"error_list": "sdk"}}));
    assert_eq!(told(&modify()), (2307, "User dont have a phone number"));
    let add = json!({"action": "addPhoneNumber", "smsCode": code, "Phone number": "0612345678"});
    assert_eq!(facade.succeed("set", "smscode", &add), Value::Null);
    let code = facade.certify("0612345679", "+33612345679");
    let again = failure(&facade.use_code("addPhoneNumber", &code, "0612345679"));
    assert_eq!(told(&again), (2390, "Phone number allready registered"));
}

#[test]
fn codes_and_numbers_may_be_integers_that_have_lost_their_zeros() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    facade.trust("0612345678", "+33612345678");
    // Until a code begins with a zero, so that an integer has lost one; one in ten does.
    let code = (0..1000).map(|_| facade.certify("0612345679", "+33612345679")).find(|code| code.starts_with('0'));
    let code: u64 = code.expect("a code with a zero").parse().expect("digits");
    let parameters = json!({"type": "modifyPhoneNumber", "smsCode": code, "phoneNumber": 612_345_679});
    assert_eq!(facade.succeed("set", "smscode", &parameters), Value::Null);
    assert_eq!(facade.trusted_number(), "0612345679");
}

#[test]
fn numbers_without_a_country_are_those_of_the_brand_or_of_the_account() {
    let app = TestApp::start();
    for (brand, number, e164) in [
        ("Opel", "015112345678", "+4915112345678"),
        ("VAUXHALL", "07400123456", "+447400123456"),
        ("Ds", "0612345678", "+33612345678"),
    ] {
        let facade = Facade::new(app.address(), brand);
        facade.initialize(brand);
        facade.succeed("set", "user", &json!({"action": "login", "login": "ada@example.com"}));
        facade.trust(number, e164);
        assert_eq!(facade.trusted_number(), number);
    }
    let facade = Facade::logged_in(app.address(), "one");
    let (_, mut program) = facade.control("GET", "/programs/demo", &Value::Null);
    program["pims_accounts"][0]["region"] = json!("GB");
    assert_eq!(facade.control("PUT", "/programs/demo", &program).0, 204);
    facade.trust("07400123456", "+447400123456");
}

#[test]
fn labels_may_be_as_printed() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    set(&facade, &json!({"pims": {"labels": "printed"}}));
    let missing = facade.fail("set", "smscode", &json!({}));
    assert_eq!(told(&missing), (2101, "Missing [PARAMETER] parameter"));
}

#[test]
fn an_account_is_sent_as_many_codes_as_its_quota_says() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    set(&facade, &json!({"pims": {"sms_quota": 2}}));
    for number in ["0612345678", "0612345679"] {
        facade.certify(number, &format!("+33{}", &number[1..]));
    }
    let parameters = json!({"type": "phoneNumberCertification", "phoneNumber": "0612345670"});
    assert_eq!(facade.fail("get", "smscode", &parameters).0, 2317);
    let (_, page) = facade.control("GET", "/messages", &Value::Null);
    assert_eq!(page["messages"].as_array().map(Vec::len), Some(2));
    assert_eq!(page["messages"][0]["channel"], "sms");
}

#[test]
fn an_account_whose_type_or_member_is_gone_is_an_error_of_the_server() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    let code = facade.certify("0612345678", "+33612345678");
    assert_eq!(facade.control("DELETE", "/programs/demo/members/1001", &Value::Null).0, 204);
    set(&facade, &json!({"pims": {"error_list": "sdk"}}));
    assert_eq!(failure(&facade.use_code("addPhoneNumber", &code, "0612345678")).0, 2204);
    assert_eq!(facade.control("DELETE", "/programs/demo/phone-number-types/MOBILE", &Value::Null).0, 204);
    assert_eq!(facade.fail("get", "trustedphonenumber", &json!({})).0, 2204);
}

#[test]
fn of_many_who_want_one_number_at_once_exactly_one_gets_it() {
    let app = TestApp::start();
    let facade = Facade::logged_in(app.address(), "one");
    facade.trust("0612345678", "+33612345678");
    for round in 0..10 {
        let (national, e164) = (format!("06123457{round:02}"), format!("+336123457{round:02}"));
        let code = facade.certify(&national, &e164);
        let barrier = Barrier::new(4);
        let won: Vec<bool> = thread::scope(|scope| {
            let pims = (0..2).map(|_| {
                scope.spawn(|| {
                    barrier.wait();
                    facade.use_code("modifyPhoneNumber", &code, &national)["status"] == "SUCCEEDED"
                })
            });
            let sync = [1002, 1003].map(|member| {
                let (barrier, e164, app) = (&barrier, &e164, &app);
                scope.spawn(move || {
                    barrier.wait();
                    app.save_account_phone(member, "WORK", e164).return_code() == 0
                })
            });
            let all: Vec<_> = pims.chain(sync).collect();
            all.into_iter().map(|caller| caller.join().expect("an answer")).collect()
        });
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{won:?}");
    }
}

#[test]
fn an_account_has_at_most_a_hundred_codes_under_way() {
    let app = TestApp::start();
    app.hold_clock("2026-01-01T00:00:00Z");
    let facade = Facade::logged_in(app.address(), "one");
    let certify =
        |number: u32| json!({"type": "phoneNumberCertification", "phoneNumber": format!("061234{number:04}")});
    for number in 0..100 {
        facade.succeed("get", "smscode", &certify(number));
    }
    assert_eq!(facade.fail("get", "smscode", &certify(100)).0, 2317);
    facade.succeed("get", "smscode", &certify(7));
    // Those that have expired make room, the oldest first.
    app.hold_clock("2026-01-01T00:10:00Z");
    facade.succeed("get", "smscode", &certify(100));
    let (_, page) = facade.control("GET", "/programs/demo/verifications?limit=1000", &Value::Null);
    let numbers: Vec<_> =
        page["verifications"].as_array().expect("a list").iter().map(|proof| &proof["number"]).collect();
    assert_eq!(numbers.len(), 100);
    assert!(!numbers.contains(&&json!("+33612340000")) && numbers.contains(&&json!("+33612340100")), "{numbers:?}");
}
