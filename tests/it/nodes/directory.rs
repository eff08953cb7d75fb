//! Programs, tokens, settings and item types.

use serde_json::{Value, json};

use super::{call, code, get, three_nodes, wait_for_all};
use crate::harness::{Envelope, wait_for};

const TOKENS: &str = "/programs/demo/security-tokens";

#[test]
fn a_token_made_through_one_node_is_good_on_all_until_another_one_removes_it() {
    let Some((nodes, _database)) = three_nodes() else { return };
    let (status, made) = call(&nodes[0], "POST", TOKENS, &json!({}));
    let token = made["token"].as_str().expect("a token");
    assert_eq!((status, code(&nodes[0], token)), (201, 0));
    wait_for_all(&nodes, "a new token", |node| code(node, token) == 0);
    let own = format!("{TOKENS}/{token}");
    assert_eq!(call(&nodes[1], "PATCH", &own, &json!({"suspended": true})).0, 200);
    assert_eq!(code(&nodes[1], token), 102);
    wait_for_all(&nodes, "a suspended token", |node| code(node, token) == 102);
    assert_eq!(call(&nodes[2], "DELETE", &own, &Value::Null).0, 204);
    assert_eq!(code(&nodes[2], token), 100);
    wait_for_all(&nodes, "a removed token", |node| code(node, token) == 100);
}

#[test]
fn settings_changed_through_one_node_hold_on_all() {
    let Some((nodes, _database)) = three_nodes() else { return };
    let held_by_alan = || Envelope::save_account_phone().with("PhoneNumber", "+15195550199");
    for node in nodes.iter() {
        assert_eq!(node.call(&held_by_alan()).return_code(), 315);
    }
    let settings = "/programs/demo/settings";
    assert_eq!(call(&nodes[1], "PATCH", settings, &json!({"duplicate_phone_check": false})).0, 200);
    assert_eq!(nodes[1].call(&held_by_alan()).return_code(), 0);
    wait_for_all(&nodes, "shared numbers", |node| node.call(&held_by_alan()).return_code() == 0);
    assert_eq!(call(&nodes[2], "PATCH", settings, &json!({"duplicate_phone_check": true})).0, 200);
    wait_for_all(&nodes, "numbers of one member", |node| node.call(&held_by_alan()).return_code() == 315);
}

#[test]
fn types_and_programs_made_through_one_node_are_there_on_all() {
    let Some((nodes, _database)) = three_nodes() else { return };
    let fax = Envelope::save_account_phone().with("PhoneNumberTypeExternalReference", "FAX");
    assert_eq!(nodes[2].call(&fax).return_code(), 308);
    let item = json!({"external_reference": "FAX", "name": "Fax"});
    assert_eq!(call(&nodes[0], "PUT", "/programs/demo/phone-number-types/FAX", &item).0, 201);
    wait_for_all(&nodes, "a new type", |node| node.call(&fax).return_code() == 0);

    let own = json!({"name": "own", "security_tokens": [{"token": "OWN", "methods": ["*"]}],
        "phone_number_types": [{"external_reference": "HOME", "name": ""}],
        "mobile_carriers": [{"external_reference": "ROGERS", "name": ""}], "members": [{"member_id": 1001}]});
    assert_eq!(call(&nodes[1], "PUT", "/programs/own", &own).0, 201);
    wait_for_all(&nodes, "a new program", |node| code(node, "OWN") == 0);
    assert_eq!(call(&nodes[2], "DELETE", "/programs/own", &Value::Null).0, 204);
    wait_for_all(&nodes, "a removed program", |node| code(node, "OWN") == 100);
}

#[test]
fn a_number_saved_through_one_node_is_seen_through_all_at_once() {
    let Some((nodes, _database)) = three_nodes() else { return };
    for (index, node) in nodes.iter().enumerate() {
        let number = format!("+1519555011{index}");
        assert_eq!(node.call(&Envelope::save_account_phone().with("PhoneNumber", &number)).return_code(), 0);
        for other in nodes.iter() {
            let member = get(other, "/programs/demo/members/1001");
            assert_eq!(member["phones"][0]["number"], number);
            let taken = Envelope::save_account_phone().with("MemberId", 1003).with("PhoneNumber", &number);
            assert_eq!(other.call(&taken).return_code(), 315);
        }
    }
}

#[test]
fn a_state_put_through_one_node_is_the_state_of_all() {
    let Some((nodes, _database)) = three_nodes() else { return };
    let mut state = get(&nodes[0], "/state");
    state["programs"][0]["security_tokens"] = json!([{"token": "OTHER", "methods": ["*"]}]);
    assert_eq!(call(&nodes[1], "PUT", "/state", &state).0, 204);
    wait_for_all(&nodes, "another state", |node| (code(node, "OTHER"), code(node, "TEST-TOKEN")) == (0, 100));
    let stored = get(&nodes[0], "/state");
    for node in nodes.iter() {
        assert_eq!(get(node, "/state"), stored);
    }
}

#[test]
fn nodes_whose_listening_connections_are_lost_still_learn_what_changes() {
    let Some((nodes, database)) = three_nodes() else { return };
    let listeners = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    for round in 0..5 {
        wait_for("listening nodes", || database.query(listeners).len() == nodes.iter().count());
        database.query(&listeners.replace("SELECT pid", "SELECT pg_terminate_backend(pid)"));
        let token = format!("ROUND-{round}");
        assert_eq!(call(&nodes[round % 3], "POST", TOKENS, &json!({"token": token, "methods": ["*"]})).0, 201);
        wait_for_all(&nodes, "a new token", |node| code(node, &token) == 0);
    }
}
