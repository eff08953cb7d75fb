//! Test suites side by side, each with a program of its own.

use std::thread;

use serde_json::{Value, json};

use super::client::{call, get};
use crate::harness::{Envelope, TestApp};

#[test]
fn suites_with_programs_of_their_own_never_meet() {
    let app = TestApp::start();
    thread::scope(|scope| {
        for suite in 0..32 {
            let app = &app;
            scope.spawn(move || run(app, suite));
        }
    });
    assert_eq!(get(&app, "/programs").1["programs"].as_array().map(Vec::len), Some(1));
}

/// Members, types and numbers are the same in each suite; only names of programs and tokens differ.
fn run(app: &TestApp, suite: usize) {
    let path = format!("/programs/suite-{suite}");
    let token = format!("TOKEN-{suite}");
    let program = json!({
        "security_tokens": [{"token": token, "methods": ["*"]}],
        "phone_number_types": [{"external_reference": "HOME", "name": "Home"}],
        "members": [{"member_id": 1001}, {"member_id": 1002}]
    });
    assert_eq!(call(app, "PUT", &path, &program).0, 201);
    let (_, fresh) = get(app, &path);
    let save = |member: i32| {
        let envelope = Envelope::save_account_phone()
            .with("SecurityToken", &token)
            .with("MemberId", member)
            .with("MobileCarrierExternalReference", "");
        app.call(&envelope).return_code()
    };
    for round in 0..5 {
        assert_eq!((save(1001), save(1002)), (0, 315), "suite {suite}, round {round}");
        let rule = json!({"program": format!("suite-{suite}"), "answer": {"return_code": 5}});
        assert_eq!(call(app, "POST", "/faults", &rule).0, 201);
        assert_eq!(save(1001), 5, "suite {suite}, round {round}");
        let suspended = call(app, "PATCH", &format!("{path}/security-tokens/{token}"), &json!({"suspended": true}));
        assert_eq!((suspended.0, save(1001)), (200, 102), "suite {suite}, round {round}");
        let (_, page) = get(app, &format!("/journal?program=suite-{suite}"));
        let codes: Vec<_> =
            page["entries"].as_array().into_iter().flatten().map(|entry| entry["return_code"].as_i64()).collect();
        assert_eq!(codes, [0, 315, 5, 102].map(Some), "suite {suite}, round {round}");
        assert_eq!(call(app, "POST", &format!("{path}/reset"), &Value::Null).0, 204);
        assert_eq!(get(app, &path), (200, fresh.clone()), "suite {suite}, round {round}");
    }
    assert_eq!(call(app, "DELETE", &path, &Value::Null).0, 204);
    assert_eq!(save(1001), 100);
}
