//! A number moves to a space.

use serde_json::json;

use super::caller::{Call, Style, code};
use super::{BEGIN, REGISTER, SEND, STATUS, VERIFY, call, start};
use crate::harness::TestApp;

const NUMBER: &str = "15195550101";
const NOT_TRUE: (u16, &str) = (400, "InvalidVerifyCode");

fn refused(app: &TestApp, call: &Call, expected: (u16, &str)) {
    let (status, code) = app.said(call);
    assert_eq!((status, code.as_str()), expected, "{call:?}");
}

#[test]
fn a_number_moves_to_a_space_in_every_style() {
    let app = start();
    for (place, style) in Style::ALL.into_iter().enumerate() {
        let number = format!("1519555010{place}");
        let call = |action| call(action, "space", &number).style(style);
        let begun = app.succeeds(&call(BEGIN));
        let id = begun["Data"]["Id"].as_str().expect("an id").to_owned();
        assert_eq!(begun["Data"], json!({"PhoneNumber": number, "Id": id, "Status": "MIGRATING"}));
        assert_eq!((&begun["Message"], &begun["AccessDeniedDetail"]), (&json!("SUCCESS"), &json!("None")));
        let status = |expected| {
            let status = app.succeeds(&call(STATUS));
            let data = json!({"PhoneNumber": number, "Id": id, "CodeVerificationStatus": expected});
            assert_eq!((&status["Data"], &status["Message"]), (&data, &json!("None")));
        };
        status("NOT_VERIFIED");
        let sent = app.succeeds(&call(SEND));
        assert_eq!(sent["Data"], json!({"PhoneNumber": number, "Id": id}));
        let code = app.code_of(&number);
        assert!(!sent.to_string().contains(&code));
        let verified = app.succeeds(&call(VERIFY).with("VerifyCode", Some(&code)));
        assert_eq!(verified["Data"], json!({"PhoneNumber": number, "Id": id}));
        status("VERIFIED");
        let registered = app.succeeds(&call(REGISTER));
        assert_eq!(registered.get("Data"), None);
        assert_eq!(app.numbers_of(1), json!([format!("+{number}")]));
        status("VERIFIED");
    }
}

#[test]
fn the_same_by_get() {
    let app = start();
    for style in [Style::Headers, Style::Query] {
        let get = Call { method: "GET", ..call(BEGIN, "space", NUMBER).style(style) };
        app.succeeds(&get);
    }
}

#[test]
fn only_the_code_that_was_sent_last_counts_and_it_counts_once() {
    let app = start();
    app.hold_clock("2026-01-01T00:00:00Z");
    let verify = |code: &str| call(VERIFY, "space", NUMBER).with("VerifyCode", Some(code));
    app.succeeds(&call(BEGIN, "space", NUMBER));
    refused(&app, &verify("123456"), NOT_TRUE);
    app.succeeds(&call(SEND, "space", NUMBER));
    let first = app.code_of(NUMBER);
    refused(&app, &verify("12345"), NOT_TRUE);
    app.succeeds(&call(SEND, "space", NUMBER));
    let second = app.code_of(NUMBER);
    if first != second {
        refused(&app, &verify(&first), NOT_TRUE);
    }
    let verified = app.succeeds(&verify(&second));
    // Whoever didn't hear the answer may ask again.
    assert_eq!(app.succeeds(&verify(&second))["Data"], verified["Data"]);
    refused(&app, &verify("1234567"), NOT_TRUE);
    // Once the proof is over, the code that made it is no proof.
    app.hold_clock("2026-01-15T00:00:00Z");
    refused(&app, &verify(&second), NOT_TRUE);
}

#[test]
fn a_code_is_good_for_ten_minutes_and_five_tries() {
    let app = start();
    app.hold_clock("2026-01-01T00:00:00Z");
    let verify = |code: &str| call(VERIFY, "space", NUMBER).with("VerifyCode", Some(code));
    app.succeeds(&call(BEGIN, "space", NUMBER));
    app.succeeds(&call(SEND, "space", NUMBER));
    app.hold_clock("2026-01-01T00:10:00Z");
    refused(&app, &verify(&app.code_of(NUMBER)), NOT_TRUE);
    app.succeeds(&call(SEND, "space", NUMBER));
    for _ in 0..5 {
        refused(&app, &verify("wrong"), NOT_TRUE);
    }
    refused(&app, &verify(&app.code_of(NUMBER)), NOT_TRUE);
    app.succeeds(&call(SEND, "space", NUMBER));
    app.succeeds(&verify(&app.code_of(NUMBER)));
}

#[test]
fn a_proof_lasts_fourteen_days() {
    let app = start();
    app.hold_clock("2026-01-01T00:00:00Z");
    app.prove("space", NUMBER);
    for (now, status) in [("2026-01-14T23:59:59Z", "VERIFIED"), ("2026-01-15T00:00:00Z", "EXPIRED")] {
        app.hold_clock(now);
        assert_eq!(app.succeeds(&call(STATUS, "space", NUMBER))["Data"]["CodeVerificationStatus"], status);
    }
    refused(&app, &call(REGISTER, "space", NUMBER), (400, "InvalidPhoneNumber"));
    app.prove("space", NUMBER);
    app.succeeds(&call(REGISTER, "space", NUMBER));
}

#[test]
fn no_step_can_be_left_out() {
    let app = start();
    for action in [STATUS, SEND, VERIFY, REGISTER] {
        refused(&app, &call(action, "space", NUMBER), (400, "InvalidPhoneNumber"));
    }
    app.succeeds(&call(BEGIN, "space", NUMBER));
    refused(&app, &call(REGISTER, "space", NUMBER), (400, "InvalidPhoneNumber"));
    assert_eq!(app.numbers_of(1), json!([]));
}

#[test]
fn a_number_is_on_its_way_to_one_space_at_a_time() {
    let app = start();
    let theirs = (400, "Unknown.ResourceOwnerId");
    app.succeeds(&call(BEGIN, "their-space", NUMBER).key("their-key", "secret"));
    for action in [BEGIN, STATUS, SEND, VERIFY, REGISTER] {
        refused(&app, &call(action, "space", NUMBER), theirs);
        refused(&app, &call(action, "their-space", NUMBER), theirs);
        refused(&app, &call(action, "no-space", NUMBER), theirs);
    }
    // To begin again where it has begun changes nothing.
    app.succeeds(&call(BEGIN, "their-space", NUMBER).key("their-key", "secret"));
}

#[test]
fn a_number_that_a_member_of_another_space_holds_does_not_set_out() {
    let app = start();
    assert_eq!(app.save_account_phone(2, "MOBILE", "+15195550101").return_code(), 0);
    refused(&app, &call(BEGIN, "space", NUMBER), (400, "Unknown.ResourceOwnerId"));
    refused(&app, &call(STATUS, "space", NUMBER), (400, "Unknown.ResourceOwnerId"));
    app.succeeds(&call(BEGIN, "second", NUMBER));
}

#[test]
fn a_number_that_another_member_holds_does_not_arrive() {
    let app = start();
    app.prove("space", "15195550155");
    refused(&app, &call(REGISTER, "space", "15195550155"), (400, "Unknown.ResourceOwnerId"));
    assert_eq!((app.numbers_of(1), app.numbers_of(5)), (json!([]), json!(["+15195550155"])));
    // The other way round: what arrived is refused to others.
    app.prove("space", NUMBER);
    app.succeeds(&call(REGISTER, "space", NUMBER));
    assert_eq!(app.save_account_phone(5, "HOME", "+15195550101").return_code(), 315);
}

#[test]
fn a_number_arrives_under_the_type_of_its_space() {
    let app = start();
    app.prove("home", NUMBER);
    app.succeeds(&call(REGISTER, "home", NUMBER));
    let member = super::json(&app.tell("GET", "/programs/p/members/3", ""));
    assert_eq!(member["phones"][0]["type"], "HOME");
    app.prove("nobody", "15195550102");
    refused(&app, &call(REGISTER, "nobody", "15195550102"), (400, "InvalidCustSpaceId"));
}

#[test]
fn codes_go_by_text_or_voice_in_the_language_that_was_asked_for() {
    let app = start();
    app.succeeds(&call(BEGIN, "space", NUMBER));
    for (locale, method, text) in [("zh_CN", "voice", "您的验证码是"), ("en", "sms", "Your verification code is")]
    {
        app.succeeds(&call(SEND, "space", NUMBER).with("Locale", Some(locale)).with("Method", Some(method)));
        let messages = super::json(&app.tell("GET", "/messages", ""));
        let newest = messages["messages"].as_array().and_then(|messages| messages.last()).expect("a message").clone();
        assert_eq!((&newest["channel"], &newest["to"]), (&json!(method), &json!("+15195550101")));
        assert!(newest["text"].as_str().is_some_and(|said| said.starts_with(text)), "{newest}");
    }
}

#[test]
fn a_space_has_at_most_a_hundred_numbers_under_way() {
    let app = start();
    let number = |number: u32| format!("1519555{number:04}");
    for count in 0..100 {
        app.succeeds(&call(BEGIN, "space", &number(count)));
    }
    let refused = app.cams(&call(BEGIN, "space", &number(100)));
    assert_eq!((refused.status, code(&refused).as_str()), (400, "Throttling.User"), "{}", refused.text());
    assert!(refused.header("x-acs-retry-after").is_some());
    app.succeeds(&call(BEGIN, "second", &number(100)));
    app.succeeds(&call(BEGIN, "space", &number(7)));
    // A code that has expired makes room for another number.
    app.hold_clock("2026-01-01T00:00:00Z");
    app.succeeds(&call(SEND, "space", &number(7)));
    app.hold_clock("2026-01-01T00:10:00Z");
    app.succeeds(&call(BEGIN, "space", &number(101)));
    assert_eq!(code(&app.cams(&call(STATUS, "space", &number(7)))), "InvalidPhoneNumber");
}
