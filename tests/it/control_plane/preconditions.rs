//! `If-None-Match: *`, which makes and never replaces.

use serde_json::{Value, json};

use super::client::{call, get, on_each_ledger, outcome, send};
use crate::harness::TestApp;

const ALL: &str = "*";

fn put(app: &TestApp, path: &str, body: &Value, if_none_match: &str) -> (u16, Value) {
    let headers = [("Content-Type", "application/json"), ("If-None-Match", if_none_match)];
    outcome(&send(app.address(), "PUT", &format!("/_emulator{path}"), &headers, &body.to_string()))
}

#[test]
fn nothing_is_replaced_where_that_is_asked_for() {
    on_each_ledger(|app| {
        let account = json!({"access_keys": [{"access_key_id": "NEW-KEY", "access_key_secret": "secret"}]});
        for (path, body, other) in [
            ("/programs/new", json!({}), json!({"members": [{"member_id": 1}]})),
            ("/programs/demo/members/7", json!({"last_name": "Clarke"}), json!({"first_name": "Edith"})),
            ("/programs/demo/phone-number-types/FAX", json!({"name": "Fax"}), json!({"name": "Other"})),
            ("/programs/demo/mobile-carriers/TMO", json!({"name": "T-Mobile"}), json!({"name": "Other"})),
            ("/programs/demo/cams-accounts/new", account, json!({})),
            ("/programs/demo/pims-accounts/new@example.com", json!({"member_id": 1003}), json!({"member_id": 1002})),
        ] {
            assert_eq!(put(app, path, &body, ALL).0, 201, "{path}");
            let (_, before) = get(app, path);
            let (status, problem) = put(app, path, &other, ALL);
            assert_eq!((status, &problem["title"]), (412, &json!("Precondition Failed")), "{path}");
            assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("already")), "{problem}");
            assert_eq!(get(app, path), (200, before.clone()), "{path}");
            // No tag matches, as nothing has one.
            assert!([200, 204].contains(&put(app, path, &other, "\"tag\"").0), "{path}");
            assert_ne!(get(app, path).1, before, "{path}");
        }
        assert_eq!(put(app, "/programs/nobody/members/7", &json!({}), ALL).0, 404);
    });
}

#[test]
fn the_whole_state_is_put_only_where_there_is_no_program() {
    on_each_ledger(|app| {
        let (_, state) = get(app, "/state");
        assert_eq!(put(app, "/state", &json!({"programs": []}), ALL).0, 412);
        assert_eq!(get(app, "/state").1, state);
        assert_eq!(call(app, "PUT", "/state", &json!({"programs": []})).0, 204);
        assert_eq!(put(app, "/state", &state, ALL).0, 204);
        assert_eq!(get(app, "/state").1, state);
    });
}

#[test]
fn every_put_that_replaces_is_described_with_it() {
    let app = TestApp::start();
    let (_, description) = get(&app, "/openapi.json");
    for (path, item) in description["paths"].as_object().expect("paths") {
        let Some(put) = item.get("put").filter(|_| path != "/_emulator/clock") else { continue };
        let names: Vec<_> = put["parameters"].as_array().into_iter().flatten().map(|one| &one["name"]).collect();
        assert!(names.contains(&&json!("If-None-Match")) && put["responses"]["412"].is_object(), "{path}");
    }
}

#[test]
fn a_form_that_adds_never_replaces() {
    let app = TestApp::start();
    let (_, before) = get(&app, "/programs/demo");
    for (path, form, told) in [
        ("settings/items", "kind=mobile_carrier&external_reference=BELL&name=Other", "BELL: it is there already"),
        ("settings/items", "kind=phone_number_type&external_reference=+HOME+&name=", "HOME: it is there already"),
        ("members", "member_id=1002&first_name=Al", "There is a member 1002 already."),
        ("programs", "name=demo", "There is a program demo already."),
    ] {
        let headers = [("Content-Type", "application/x-www-form-urlencoded")];
        let path = format!("/_emulator/console/{path}");
        let answer = send(app.address(), "POST", &path, &headers, &format!("program=demo&{form}"));
        assert_eq!(answer.status, 422, "{path}: {}", answer.text());
        assert!(answer.text().contains(told), "{path}: {}", answer.text());
    }
    assert_eq!(get(&app, "/programs/demo"), (200, before));
}

#[test]
fn a_form_for_a_member_is_checked_as_its_json_is() {
    let app = TestApp::start();
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    for field in ["first_name", "last_name"] {
        let form = format!("program=demo&member_id=77&{field}={}", "x".repeat(201));
        let answer = send(app.address(), "POST", "/_emulator/console/members", &headers, &form);
        assert_eq!(answer.status, 422, "{field}: {}", answer.text());
        assert!(answer.text().contains("a name has at most 200 characters"), "{field}: {}", answer.text());
    }
    assert_eq!(get(&app, "/programs/demo/members/77").0, 404);
}
