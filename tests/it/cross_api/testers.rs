//! What testers do holds for all APIs: journal, failures, clock, reset, export, programs.

use serde_json::{Value, json};

use super::{ADA, ALAN, Apis, GRACE};
use crate::cams::caller::{Call, code};
use crate::harness::{exchange, wait_for};
use crate::pims::facade::Facade;

#[test]
fn the_journal_has_the_calls_of_all_apis() {
    Apis::everywhere(|apis| {
        let number = "+33633330001";
        apis.migrate(number);
        let sent = apis.certify(number);
        assert_eq!(apis.register(number), "OK");
        assert_eq!(apis.save(ALAN, number), 315);
        assert_eq!(apis.modify(number, &sent), 2204);
        let last = |operation: &str| {
            let page = apis.ask(&format!("/journal?program=demo&operation={operation}"));
            page["entries"].as_array().and_then(|entries| entries.last().cloned()).unwrap_or_default()
        };
        for (operation, member, return_code) in
            [("SaveAccountPhone", ALAN, 315), ("ChatappMigrationRegister", GRACE, 0), ("modifyPhoneNumber", ADA, 2204)]
        {
            // Nodes write their journals a little later.
            wait_for(operation, || last(operation) != Value::Null);
            let entry = last(operation);
            let told = (&entry["member_id"], &entry["return_code"]);
            assert_eq!(told, (&json!(member), &json!(return_code)), "{operation}: {entry}");
        }
        let texts = apis.ask("/journal?limit=1000").to_string();
        for secret in ["testAccessKeySecret", "CLIENT-SECRET"] {
            assert!(!texts.contains(secret), "{secret}");
        }
    });
}

#[test]
fn a_rule_breaks_calls_of_the_api_that_can_answer_so() {
    Apis::everywhere(|apis| {
        let number = "+33633330011";
        apis.migrate(number);
        let sent = apis.certify(number);
        for answer in [json!({"code": "System.LimitControl"}), json!({"return_code": 2201})] {
            let (status, body) = apis.tell("POST", "/faults", &json!({"program": "demo", "answer": answer}));
            assert_eq!(status, 201, "{body}");
        }
        // Another node may not know of the rules yet.
        let rules = |address| {
            let answer = crate::control_plane::client::send(address, "GET", "/_emulator/faults", &[], "");
            serde_json::from_slice::<Value>(&answer.body).expect("rules")["faults"].as_array().map_or(0, Vec::len)
        };
        wait_for("the rules on the node of CAMS", || rules(apis.cams) == 2);
        assert_eq!(apis.register(number), "System.LimitControl");
        assert_eq!(apis.numbers_of(GRACE), [""; 0], "nothing was saved");
        assert_eq!(apis.register(number), "OK");
        let error = apis.pims.use_code("modifyPhoneNumber", &sent, "+33633330012")["error"]["code"].clone();
        assert_eq!(error, 2201);
        wait_for("the rules to be used up on all nodes", || apis.ask("/faults") == json!({"faults": []}));
    });
}

#[test]
fn a_clock_that_is_moved_ends_codes_and_proofs() {
    Apis::everywhere(|apis| {
        let number = "+33633330021";
        apis.migrate(number);
        let sent = apis.certify(number);
        let advance = |seconds: u32| {
            assert_eq!(apis.tell("POST", "/clock/advance", &json!({"seconds": seconds})).0, 200);
            let of_node = |address| {
                let answer = crate::control_plane::client::send(address, "GET", "/_emulator/clock", &[], "");
                let clock: Value = serde_json::from_slice(&answer.body).expect("a clock");
                clock["now"].as_str().expect("a time")[..13].to_owned()
            };
            wait_for("the clock of all nodes", || of_node(apis.sync) == of_node(apis.cams));
        };
        let status = || {
            let answer = apis.cams("GetPhoneNumberVerificationStatus", number, &[]);
            let body: Value = serde_json::from_slice(&answer.body).expect("JSON");
            body["Data"]["CodeVerificationStatus"].clone()
        };
        assert_eq!(status(), "VERIFIED");
        advance(15 * 24 * 60 * 60);
        assert_eq!(status(), "EXPIRED");
        assert_eq!(apis.register(number), "InvalidPhoneNumber");
        assert_eq!(apis.modify(number, &sent), 2102);
    });
}

#[test]
fn what_is_exported_goes_on_where_it_was_put_again() {
    Apis::everywhere(|apis| {
        let number = "+33633330031";
        apis.migrate(number);
        let sent = apis.certify(number);
        let state = apis.ask("/state");
        assert_eq!(state["programs"][0]["verifications"].as_array().map(Vec::len), Some(2), "{state}");
        assert_eq!(apis.register(number), "OK");
        let (status, body) = apis.tell("PUT", "/state", &state);
        assert_eq!(status, 204, "{body}");
        wait_for("the state on all nodes", || apis.register(number) == "OK");
        assert_eq!(apis.modify(number, &sent), 2204, "the code counts, but the number is taken");
        assert_eq!(apis.numbers_of(GRACE), [number]);
    });
}

#[test]
fn after_a_reset_everything_is_as_it_was_at_the_start() {
    Apis::everywhere(|apis| {
        let number = "+33633330041";
        apis.migrate(number);
        apis.certify(number);
        let call = Call::new("GetPhoneNumberVerificationStatus", &[("CustSpaceId", "cams-demo"), ("PhoneNumber", "1")]);
        assert_eq!(code(&exchange(apis.cams, &call.request())), "InvalidPhoneNumber");
        assert_eq!(code(&exchange(apis.cams, &call.request())), "SignatureNonceUsed");
        assert_eq!(apis.tell("POST", "/reset", &Value::Null).0, 204);
        wait_for("the reset on all nodes", || apis.register(number) == "InvalidPhoneNumber");
        assert_eq!(code(&exchange(apis.cams, &call.request())), "InvalidPhoneNumber", "the nonce is a new one");
        assert_eq!(apis.ask("/messages"), json!({"messages": []}));
        let (code, _) = apis.pims.fail("get", "trustedphonenumber", &json!({}));
        assert_eq!(code, 2001, "no facade is initialised");
    });
}

#[test]
fn programs_are_apart_at_every_api() {
    Apis::everywhere(|apis| {
        let suite = json!({
            "security_tokens": [{"token": "SUITE", "methods": ["*"]}],
            "phone_number_types": [{"external_reference": "MOBILE", "name": ""}],
            "cams_accounts": [{"account_id": "suite",
                "access_keys": [{"access_key_id": "suite", "access_key_secret": "s"}],
                "spaces": [{"cust_space_id": "cams-demo", "member_id": 1}]}],
            "pims_accounts": [{"login": "suite@example.com", "member_id": 1, "device_enrolled": true}],
            "members": [{"member_id": 1}]});
        assert_eq!(apis.tell("PUT", "/programs/suite", &suite).0, 201);
        let number = "+33633330051";
        apis.migrate(number);
        assert_eq!(apis.register(number), "OK");
        let status = Call::new(
            "GetPhoneNumberVerificationStatus",
            &[("CustSpaceId", "cams-demo"), ("PhoneNumber", number.trim_start_matches('+'))],
        );
        let status = status.key("suite", "s");
        wait_for("the program on the node of CAMS", || {
            code(&exchange(apis.cams, &Call { nonce: Call::new("", &[]).nonce, ..status.clone() }.request()))
                != "InvalidAccessKeyId.NotFound"
        });
        assert_eq!(code(&exchange(apis.cams, &status.request())), "InvalidPhoneNumber", "it knows nothing of it");

        let other = Facade::new(apis.sync, "other");
        other.initialize("Peugeot");
        other.succeed("set", "user", &json!({"action": "login", "login": "suite@example.com"}));
        other.trust("0633330051", number);
        assert_eq!(other.trusted_number(), "0633330051", "the number is free there");
        assert_eq!(apis.tell("POST", "/programs/suite/reset", &Value::Null).0, 204);
        assert_eq!(other.trusted_number(), Value::Null);
        assert_eq!(apis.numbers_of(GRACE), [number], "the other program stays");
    });
}
