//! CAMS from outside: signed calls, and what they are answered.

pub mod caller;

mod admission;
mod checks;
mod flow;
mod hostile;
mod nodes;
mod on_purpose;
mod properties;
mod races;

use serde_json::{Value, json};

use self::caller::{Call, code, json};
use crate::harness::{Answer, TestApp};

const BEGIN: &str = "CreateChatappMigrationInitiate";
const STATUS: &str = "GetPhoneNumberVerificationStatus";
const SEND: &str = "GetMigrationVerifyCode";
const VERIFY: &str = "ChatappMigrationVerified";
const REGISTER: &str = "ChatappMigrationRegister";

/// Two accounts with keys of all kinds; calls aren't counted.
fn seed() -> String {
    let key = |id: &str, more: Value| {
        let mut key = json!({"access_key_id": id, "access_key_secret": "secret"});
        key.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        key
    };
    let space = |id: &str, member: i32| json!({"cust_space_id": id, "member_id": member});
    let space_of = |id: &str, kind: &str| json!({"cust_space_id": id, "member_id": 3, "phone_number_type": kind});
    json!({"programs": [{
        "name": "p",
        "settings": {"cams": {"calls_per_second": 0}},
        "security_tokens": [{"token": "TEST-TOKEN", "methods": ["*"]}],
        "phone_number_types": [
            {"external_reference": "MOBILE", "name": "Mobile"}, {"external_reference": "HOME", "name": "Home"}],
        "mobile_carriers": [{"external_reference": "ROGERS", "name": "Rogers"}],
        "cams_accounts": [
            {"account_id": "ours",
             "access_keys": [
                key("good", json!({})), key("inactive", json!({"active": false})),
                key("denied", json!({"actions": ["cams:GetPhone*"]})), key("temporary", json!({"security_token": "sts"}))],
             "spaces": [space("space", 1), space("second", 2), space("nobody", 99), space_of("home", "HOME"), space_of("third", "MOBILE")]},
            {"account_id": "theirs", "access_keys": [key("their-key", json!({}))], "spaces": [space("their-space", 4)]},
            {"account_id": "unsubscribed", "subscribed": false, "access_keys": [key("unsubscribed", json!({}))]}],
        "members": [{"member_id": 1, "first_name": "A", "last_name": "A"}, {"member_id": 2, "first_name": "B", "last_name": "B"},
            {"member_id": 3, "first_name": "C", "last_name": "C"}, {"member_id": 4, "first_name": "D", "last_name": "D"},
            {"member_id": 5, "first_name": "E", "last_name": "E",
             "phones": [{"type": "HOME", "number": "+15195550155", "carrier": null, "is_valid": true}]}]
    }]})
    .to_string()
}

fn start() -> TestApp {
    TestApp::with_seed(&seed())
}

/// A call of the seed above, with all that any action requires.
fn call(action: &str, space: &str, number: &str) -> Call {
    let parameters = [
        ("CustSpaceId", space),
        ("PhoneNumber", number),
        ("CountryCode", &number[..1]),
        ("MobileNumber", &number[1..]),
        ("Locale", "en_US"),
        ("Method", "sms"),
        ("VerifyCode", "000000"),
    ];
    Call::new(action, &parameters).key("good", "secret")
}

impl TestApp {
    fn cams(&self, call: &Call) -> Answer {
        self.exchange(&call.request())
    }

    /// What a call is answered: HTTP status and code.
    fn said(&self, call: &Call) -> (u16, String) {
        let answer = self.cams(call);
        (answer.status, code(&answer))
    }

    fn succeeds(&self, call: &Call) -> Value {
        let answer = self.cams(call);
        assert_eq!((answer.status, code(&answer).as_str()), (200, "OK"), "{call:?} {}", answer.text());
        json(&answer)
    }

    /// The newest code that was sent to a number.
    fn code_of(&self, number: &str) -> String {
        let messages = json(&self.tell("GET", &format!("/messages?to={number}"), ""));
        let newest = messages["messages"].as_array().and_then(|messages| messages.last()).expect("a message");
        newest["code"].as_str().expect("a code").to_owned()
    }

    /// Begins a migration and proves the number.
    fn prove(&self, space: &str, number: &str) {
        self.succeeds(&call(BEGIN, space, number));
        self.succeeds(&call(SEND, space, number));
        let code = self.code_of(number);
        self.succeeds(&call(VERIFY, space, number).with("VerifyCode", Some(&code)));
    }

    fn numbers_of(&self, member: i32) -> Value {
        let member = json(&self.tell("GET", &format!("/programs/p/members/{member}"), ""));
        member["phones"].as_array().into_iter().flatten().map(|phone| phone["number"].clone()).collect()
    }
}
