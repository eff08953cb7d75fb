//! The journal.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{call, get, three_nodes, wait_for_all};
use crate::harness::{Envelope, Process};

fn entries(node: &Process, filter: &str) -> Vec<Value> {
    get(node, &format!("/journal?limit=1000{filter}"))["entries"].as_array().expect("entries").clone()
}

#[test]
fn the_journal_of_any_node_has_the_calls_of_all() {
    let Some((nodes, _database)) = three_nodes() else { return };
    for round in 0..10 {
        for (node, member) in nodes.iter().zip([1001, 1002, 1003]) {
            let number = format!("+151955{round}{member}");
            let save = Envelope::save_account_phone().with("MemberId", member).with("PhoneNumber", number);
            assert_eq!(node.call(&save).return_code(), 0);
        }
    }
    // What another node has just noted comes a little later.
    wait_for_all(&nodes, "30 calls", |node| entries(node, "").len() == 30);
    let told = entries(&nodes[0], "");
    let ids: Vec<_> = told.iter().map(|entry| entry["id"].as_u64().expect("a number")).collect();
    assert!(ids.is_sorted() && ids.iter().collect::<HashSet<_>>().len() == 30, "{ids:?}");
    for node in nodes.iter() {
        assert_eq!(entries(node, ""), told);
        for member in [1001, 1002, 1003] {
            assert_eq!(entries(node, &format!("&member_id={member}")).len(), 10);
        }
        let entry = get(node, &format!("/journal?after={}&limit=1", ids[3]))["entries"][0].clone();
        assert_eq!(entry, told[4]);
    }
    let text = serde_json::to_string(&told).expect("JSON");
    assert!(text.contains("***") && !text.contains("TEST-TOKEN"), "tokens are masked");

    assert_eq!(call(&nodes[2], "DELETE", "/journal", &Value::Null).0, 204);
    for node in nodes.iter() {
        assert_eq!(get(node, "/journal"), json!({"entries": [], "dropped": 0, "total": 0}));
    }
}
