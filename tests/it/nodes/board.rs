//! Rules that break calls, the clock, and the reset of everything.

use std::thread;

use serde_json::{Value, json};

use super::{call, code, get, three_nodes, wait_for_all};
use crate::harness::{Envelope, Process};

fn rules(node: &Process) -> usize {
    get(node, "/faults")["faults"].as_array().expect("rules").len()
}

#[test]
fn a_rule_fires_exactly_as_often_as_told_over_all_nodes() {
    let Some((nodes, _database)) = three_nodes() else { return };
    for round in 0..5 {
        let rule = json!({"operation": "SaveAccountPhone", "times": 2, "answer": {"return_code": 316}});
        assert_eq!(call(&nodes[round % 3], "POST", "/faults", &rule).0, 201);
        wait_for_all(&nodes, "a rule", |node| rules(node) == 1);
        let codes: Vec<i32> = thread::scope(|scope| {
            let callers: Vec<_> = (0..12)
                .map(|caller| {
                    let node = &nodes[caller % 3];
                    scope.spawn(move || (0..3).map(|_| code(node, "TEST-TOKEN")).collect::<Vec<_>>())
                })
                .collect();
            callers.into_iter().flat_map(|caller| caller.join().expect("a caller")).collect()
        });
        let count = |code| codes.iter().filter(|other| **other == code).count();
        assert_eq!((count(316), count(0)), (2, 34), "round {round}: {codes:?}");
        wait_for_all(&nodes, "a rule that is used up", |node| rules(node) == 0);
    }
}

#[test]
fn a_rule_removed_through_one_node_breaks_nothing_any_more() {
    let Some((nodes, _database)) = three_nodes() else { return };
    let rule = json!({"times": 1000, "answer": {"return_code": 316}});
    let (_, made) = call(&nodes[0], "POST", "/faults", &rule);
    wait_for_all(&nodes, "a rule", |node| code(node, "TEST-TOKEN") == 316);
    assert_eq!(call(&nodes[1], "DELETE", &format!("/faults/{}", made["id"]), &Value::Null).0, 204);
    assert_eq!(code(&nodes[1], "TEST-TOKEN"), 0);
    wait_for_all(&nodes, "no rule", |node| code(node, "TEST-TOKEN") == 0);
}

#[test]
fn the_clock_is_held_and_moved_on_all_nodes() {
    let Some((nodes, _database)) = three_nodes() else { return };
    let token = json!({"token": "SHORT", "methods": ["*"], "expires_at": "2026-01-01T01:00:00Z"});
    let held = json!({"now": "2026-01-01T00:00:00Z", "held": true});
    assert_eq!(call(&nodes[0], "PUT", "/clock", &held), (200, held.clone()));
    wait_for_all(&nodes, "a held clock", |node| get(node, "/clock") == held);
    assert_eq!(call(&nodes[1], "POST", "/programs/demo/security-tokens", &token).0, 201);
    wait_for_all(&nodes, "a token", |node| code(node, "SHORT") == 0);
    // Each node moves it, and none of the moves is lost.
    thread::scope(|scope| {
        for node in nodes.iter() {
            scope.spawn(|| assert_eq!(call(node, "POST", "/clock/advance", &json!({"seconds": 1200})).0, 200));
        }
    });
    wait_for_all(&nodes, "a later clock", |node| get(node, "/clock")["now"] == "2026-01-01T01:00:00Z");
    wait_for_all(&nodes, "an expired token", |node| code(node, "SHORT") == 105);
    assert_eq!(call(&nodes[2], "PUT", "/clock", &json!({"held": false})).0, 200);
    wait_for_all(&nodes, "a running clock", |node| get(node, "/clock")["held"] == false);
}

#[test]
fn a_reset_through_one_node_is_one_of_all() {
    let Some((nodes, _database)) = three_nodes() else { return };
    let seed = get(&nodes[0], "/state");
    assert_eq!(call(&nodes[0], "POST", "/programs/demo/security-tokens", &json!({"token": "OWN"})).0, 201);
    assert_eq!(call(&nodes[1], "POST", "/faults", &json!({"member_id": 7, "answer": {"return_code": 1}})).0, 201);
    assert_eq!(call(&nodes[2], "PUT", "/clock", &json!({"now": "2026-01-01T00:00:00Z", "held": true})).0, 200);
    let number = Envelope::save_account_phone().with("PhoneNumber", "+15195550177");
    assert_eq!(nodes[1].call(&number).return_code(), 0);
    wait_for_all(&nodes, "what is to be reset", |node| {
        code(node, "OWN") == 0 && rules(node) == 1 && get(node, "/clock")["held"] == true
    });

    assert_eq!(call(&nodes[2], "POST", "/reset", &Value::Null).0, 204);
    wait_for_all(&nodes, "a reset", |node| rules(node) == 0 && get(node, "/clock")["held"] == false);
    for node in nodes.iter() {
        assert_eq!(get(node, "/state"), seed);
    }
    wait_for_all(&nodes, "tokens of the seed", |node| (code(node, "OWN"), code(node, "TEST-TOKEN")) == (100, 0));
}
