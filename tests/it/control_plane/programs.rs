//! Programs, and the whole ledger.

use serde_json::{Value, json};

use super::client::{call, get, on_each_ledger, raw};
use crate::harness::postgres::database;
use crate::harness::{Envelope, TestApp};

fn own(token: &str) -> Value {
    json!({
        "settings": {"saved_phone_format": "e164"},
        "security_tokens": [{"token": token, "methods": ["*"]}],
        "phone_number_types": [{"external_reference": "HOME", "name": "Home"}],
        "mobile_carriers": [{"external_reference": "ROGERS", "name": "Rogers"}],
        "members": [{"member_id": 1001, "first_name": "Ada", "phones": [
            {"type": "HOME", "number": "+15195550111", "carrier": "ROGERS", "is_valid": false}]}]
    })
}

fn save(app: &TestApp, token: &str, member: i32) -> i32 {
    app.call(&Envelope::save_account_phone().with("SecurityToken", token).with("MemberId", member)).return_code()
}

#[test]
fn a_program_is_made_used_reset_and_deleted() {
    let app = TestApp::start();
    let answer = raw(&app, "PUT", "/programs/my%20own", &own("OWN-TOKEN").to_string());
    assert_eq!((answer.status, answer.header("location")), (201, Some("/_emulator/programs/my%20own")));
    let (_, before) = get(&app, "/programs/my%20own");
    assert_eq!(before["name"], "my own");
    assert_eq!(before["members"][0]["phones"][0]["number"], "+15195550111");

    assert_eq!(save(&app, "OWN-TOKEN", 1001), 0);
    assert_ne!(get(&app, "/programs/my%20own").1, before);
    assert_eq!(get(&app, "/journal?program=my%20own").1["entries"].as_array().map(Vec::len), Some(1));
    let rule = json!({"program": "my own", "answer": {"return_code": 1}});
    assert_eq!(call(&app, "POST", "/faults", &rule).0, 201);
    assert_eq!(call(&app, "POST", "/programs/my%20own/reset", &Value::Null).0, 204);
    assert_eq!(get(&app, "/programs/my%20own").1, before);
    assert_eq!(get(&app, "/journal?program=my%20own").1["entries"], json!([]));
    assert_eq!(get(&app, "/faults").1, json!({"faults": []}));

    assert_eq!(call(&app, "PUT", "/programs/my%20own", &json!({})).0, 204);
    assert_eq!(save(&app, "OWN-TOKEN", 1001), 100);
    assert_eq!(call(&app, "DELETE", "/programs/my%20own", &Value::Null).0, 204);
    for (method, path) in [("GET", ""), ("DELETE", ""), ("POST", "/reset"), ("GET", "/settings"), ("GET", "/members")] {
        assert_eq!(call(&app, method, &format!("/programs/my%20own{path}"), &Value::Null).0, 404, "{method} {path}");
    }
}

#[test]
fn the_seeded_program_goes_back_to_the_seed() {
    let app = TestApp::start();
    let (_, before) = get(&app, "/programs/demo");
    assert_eq!(save(&app, "TEST-TOKEN", 1001), 0);
    assert_eq!(call(&app, "DELETE", "/programs/demo/members/1003", &Value::Null).0, 204);
    assert_eq!(call(&app, "POST", "/programs/demo/reset", &Value::Null).0, 204);
    assert_eq!(get(&app, "/programs/demo").1, before);
}

#[test]
fn programs_are_listed_with_counts() {
    let app = TestApp::start();
    assert_eq!(call(&app, "PUT", "/programs/own", &own("OWN-TOKEN")).0, 201);
    let programs = json!([{"name": "demo", "members": 3, "phones": 1}, {"name": "own", "members": 1, "phones": 1}]);
    assert_eq!(get(&app, "/programs"), (200, json!({"programs": programs})));
}

#[test]
fn what_is_exported_is_put_again_exactly() {
    let app = TestApp::start();
    assert_eq!(call(&app, "PUT", "/programs/own", &own("OWN-TOKEN")).0, 201);
    let (_, state) = get(&app, "/state");
    let other = TestApp::start();
    assert_eq!(call(&other, "PUT", "/state", &state), (204, Value::Null));
    assert_eq!(get(&other, "/state"), (200, state.clone()));

    // A reset of a program goes back to what was put, one of all to the seed of the start.
    assert_eq!(call(&other, "DELETE", "/programs/own/members/1001", &Value::Null).0, 204);
    assert_eq!(call(&other, "POST", "/programs/own/reset", &Value::Null).0, 204);
    assert_eq!(get(&other, "/state"), (200, state));
    assert_eq!(call(&other, "POST", "/reset", &Value::Null).0, 204);
    assert_eq!(get(&other, "/state").1, get(&TestApp::start(), "/state").1);
}

#[test]
fn a_reset_clears_all_there_is() {
    let app = TestApp::start();
    assert_eq!(save(&app, "TEST-TOKEN", 1001), 0);
    assert_eq!(call(&app, "POST", "/faults", &json!({"answer": {"return_code": 1}})).0, 201);
    let time = json!({"now": "2020-01-01T00:00:00Z", "held": true});
    assert_eq!(call(&app, "PUT", "/clock", &time), (200, time));
    assert_eq!(call(&app, "POST", "/reset", &Value::Null), (204, Value::Null));
    assert_eq!(get(&app, "/journal").1, json!({"entries": [], "dropped": 0, "total": 0}));
    assert_eq!(get(&app, "/faults").1, json!({"faults": []}));
    assert_eq!(get(&app, "/messages").1, json!({"messages": []}));
    assert_eq!(get(&app, "/clock").1["held"], false);
    assert_eq!(get(&app, "/programs").1, json!({"programs": [{"name": "demo", "members": 3, "phones": 1}]}));
}

/// A save of each kind, and of each list one more item.
fn change_everything(app: &TestApp) {
    let member = json!({
        "first_name": "Augusta", "last_name": "King", "nick_name": "A", "birthdate": "1816-01-01", "gender": "male", "is_locked": true,
        "phones": [{"type": "WORK", "number": "+15195550177"}], "emails": [{"type": "WORK", "address": "king@example.org"}],
        "addresses": [{"type": "WORK", "line_1": "2", "city": "c", "region": "r", "postal_code": "p", "country": "France"}],
        "account_ids": [{"type": "MOBILE", "id": "7"}, {"type": "CARD", "id": "6"}], "loyalty_clubs": ["NEWS"],
        "custom_fields": {"MOTTO": "Onwards", "TOPICS": ["WINE"]}});
    assert_eq!(call(app, "PUT", "/programs/demo/members/1001", &member).0, 200);
    assert_eq!(call(app, "PUT", "/programs/demo/members/7", &json!({"loyalty_clubs": ["GOLD"]})).0, 201);
    assert_eq!(call(app, "DELETE", "/programs/demo/members/1002", &Value::Null).0, 204);
    for list in
        ["phone-number-types", "mobile-carriers", "email-types", "address-types", "account-id-types", "loyalty-clubs"]
    {
        assert_eq!(call(app, "PUT", &format!("/programs/demo/{list}/MORE"), &json!({"name": "More"})).0, 201, "{list}");
    }
    let field = json!({"name": "More", "type": "date"});
    assert_eq!(call(app, "PUT", "/programs/demo/custom-fields/MORE", &field).0, 201);
}

#[test]
fn a_reset_brings_back_every_part_of_every_member() {
    on_each_ledger(|app| {
        let (_, seeded) = get(app, "/state");
        for path in ["/reset", "/programs/demo/reset"] {
            change_everything(app);
            assert_ne!(get(app, "/state").1, seeded);
            assert_eq!(call(app, "POST", path, &Value::Null).0, 204, "{path}");
            assert_eq!(get(app, "/state").1, seeded, "{path}");
        }
        // What a program was put as counts from then on.
        change_everything(app);
        let (_, changed) = get(app, "/programs/demo");
        assert_eq!(call(app, "PUT", "/programs/demo", &changed).0, 204);
        assert_eq!(call(app, "DELETE", "/programs/demo/members/1001", &Value::Null).0, 204);
        assert_eq!(call(app, "POST", "/programs/demo/reset", &Value::Null).0, 204);
        assert_eq!(get(app, "/programs/demo").1, changed);
    });
}

/// From one store to the other and back.
#[test]
fn a_state_with_all_parts_moves_between_stores() {
    let Some(database) = database() else { return };
    let (sqlite, postgres) = (TestApp::start(), TestApp::with_arguments(&["--ledger", &database.url()]));
    for (from, to) in [(&sqlite, &postgres), (&postgres, &sqlite)] {
        change_everything(from);
        let (_, state) = get(from, "/state");
        assert_eq!(call(to, "PUT", "/state", &state).0, 204);
        assert_eq!(get(to, "/state").1, state);
        for app in [from, to] {
            assert_eq!(call(app, "POST", "/reset", &Value::Null).0, 204);
        }
    }
}
