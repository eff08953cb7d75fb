//! Health, faults, journal, messages and the description.

use serde_json::{Value, json};

use super::client::{call, get, raw};
use crate::harness::TestApp;

#[test]
fn the_service_says_that_it_is_there() {
    let app = TestApp::start();
    let expected = (200, json!({"status": "ok", "version": env!("CARGO_PKG_VERSION")}));
    assert_eq!(get(&app, "/health"), expected);
    assert_eq!(get(&app, "/ready"), expected);
}

#[test]
fn a_fault_is_added_shown_used_and_removed() {
    let app = TestApp::start();
    let rule = json!({"program": "demo", "operation": "SaveAccountPhone", "member_id": 1001, "times": 2, "answer": {"return_code": 1}});
    let answer = raw(&app, "POST", "/faults", &rule.to_string());
    assert_eq!((answer.status, answer.header("location")), (201, Some("/_emulator/faults/1")));
    assert_eq!(app.save_account_phone(1001, "HOME", "+15195550150").return_code(), 1);
    let (_, faults) = get(&app, "/faults");
    assert_eq!((&faults["faults"][0]["used"], &faults["faults"][0]["answer"]), (&json!(1), &rule["answer"]));
    assert_eq!(app.save_account_phone(1001, "HOME", "+15195550150").return_code(), 1);
    assert_eq!(get(&app, "/faults").1, json!({"faults": []}));
    assert_eq!(app.save_account_phone(1001, "HOME", "+15195550150").return_code(), 0);
    for id in [2, 3] {
        assert_eq!(call(&app, "POST", "/faults", &json!({"answer": {"delay_ms": 1}})).1["id"], id);
    }
    assert_eq!(call(&app, "DELETE", "/faults/2", &Value::Null), (204, Value::Null));
    assert_eq!(call(&app, "DELETE", "/faults/2", &Value::Null).0, 404);
    assert_eq!(call(&app, "DELETE", "/faults", &Value::Null), (204, Value::Null));
    assert_eq!(get(&app, "/faults").1, json!({"faults": []}));
}

#[test]
fn the_journal_is_filtered_and_paged() {
    let app = TestApp::start();
    for member in [1001, 1003, 1001, 4] {
        app.save_account_phone(member, "HOME", &format!("+1519555{member:04}"));
    }
    for (query, ids) in [
        ("", vec![1, 2, 3, 4]),
        ("?limit=2", vec![3, 4]),
        ("?after=1&limit=2", vec![2, 3]),
        ("?member_id=1001", vec![1, 3]),
        ("?return_code=311", vec![4]),
        ("?program=demo&operation=SaveAccountPhone&return_code=0", vec![1, 2, 3]),
        ("?program=none", vec![]),
    ] {
        let (status, page) = get(&app, &format!("/journal{query}"));
        let found: Vec<_> =
            page["entries"].as_array().into_iter().flatten().map(|entry| entry["id"].as_i64()).collect();
        assert_eq!((status, found), (200, ids.into_iter().map(Some).collect()), "{query}");
    }
    let (_, page) = get(&app, "/journal?limit=1");
    let request = page["entries"][0]["request"].as_str().unwrap_or_default();
    assert!(request.contains("***") && !page.to_string().contains("TEST-TOKEN"), "{page}");
    assert_eq!(call(&app, "DELETE", "/journal", &Value::Null), (204, Value::Null));
    assert_eq!(get(&app, "/journal").1, json!({"entries": [], "dropped": 0, "total": 0}));
}

#[test]
fn what_is_a_number_is_described_as_one() {
    let app = TestApp::start();
    let schemas = get(&app, "/openapi.json").1["components"]["schemas"].take();
    for (name, numbers) in [("CamsRefusalStatus", json!([400, 200])), ("InvalidValueCode", json!([1, 5]))] {
        assert_eq!((&schemas[name]["type"], &schemas[name]["enum"]), (&json!("integer"), &numbers), "{name}");
    }
}

#[test]
fn there_are_no_messages_yet() {
    let app = TestApp::start();
    assert_eq!(get(&app, "/messages?to=%2B15195550123"), (200, json!({"messages": []})));
    assert_eq!(call(&app, "DELETE", "/messages", &Value::Null), (204, Value::Null));
}

#[test]
fn the_description_has_every_call() {
    let app = TestApp::start();
    let (status, description) = get(&app, "/openapi.json");
    assert_eq!((status, description["openapi"].as_str().map(|version| &version[..3])), (200, Some("3.1")));
    let paths = description["paths"].as_object().expect("paths");
    let calls: usize = paths.values().filter_map(Value::as_object).map(serde_json::Map::len).sum();
    assert_eq!((paths.len(), calls), (30, 52));
    for (path, item) in paths {
        for (method, operation) in item.as_object().expect("operations") {
            let responses = operation["responses"].as_object().expect("responses");
            assert!(responses.keys().any(|status| status.starts_with('2')), "{method} {path}");
            for (status, response) in responses.iter().filter(|(status, _)| status.as_str() >= "400") {
                assert!(response["content"]["application/problem+json"].is_object(), "{method} {path} {status}");
            }
        }
    }
}
