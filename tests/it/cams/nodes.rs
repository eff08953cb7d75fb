//! A ledger of many nodes, and one that can't be used.

use std::sync::Arc;

use serde_json::Value;
use sync_asmx::ledger::{self, LedgerUrl, Seed};

use super::caller::{Call, code, json};
use super::{BEGIN, REGISTER, SEND, STATUS, VERIFY, call, seed};
use crate::harness::postgres::database;
use crate::harness::{Answer, Nodes, Process, TestApp, exchange, wait_for};

fn ask(node: &Process, call: &Call) -> Answer {
    exchange(node.address(), &call.request())
}

fn succeeds(node: &Process, call: &Call) -> Value {
    let answer = ask(node, call);
    assert_eq!(code(&answer), "OK", "{}", answer.text());
    json(&answer)
}

#[test]
fn each_step_may_go_to_another_node() {
    let Some(database) = database() else { return };
    let nodes = Nodes::start(3, &database.url(), &seed());
    let number = "15195550101";
    let call = |action| call(action, "space", number);
    succeeds(&nodes[0], &call(BEGIN));
    succeeds(&nodes[1], &call(SEND));
    let messages = b"GET /_emulator/messages HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let messages = json(&exchange(nodes[2].address(), messages));
    let right = messages["messages"][0]["code"].as_str().expect("a code").to_owned();
    let verify = |typed: &str| call(VERIFY).with("VerifyCode", Some(typed));
    assert_eq!(code(&ask(&nodes[0], &verify("wrong"))), "InvalidVerifyCode");
    succeeds(&nodes[2], &verify(&right));
    assert_eq!(succeeds(&nodes[1], &call(STATUS))["Data"]["CodeVerificationStatus"], "VERIFIED");
    succeeds(&nodes[0], &call(REGISTER));
    let theirs = super::call(BEGIN, "their-space", number).key("their-key", "secret");
    assert_eq!(code(&ask(&nodes[1], &theirs)), "Unknown.ResourceOwnerId");
    for (code, calls) in [("OK", 5), ("InvalidVerifyCode", 1), ("Unknown.ResourceOwnerId", 1), ("Unknown", 0)] {
        for node in nodes.iter() {
            wait_for(&format!("{calls} calls with {code}"), || found_by_code(node, code) == calls);
        }
    }
}

/// How many calls the journal has with this code.
fn found_by_code(node: &Process, code: &str) -> usize {
    let request = format!("GET /_emulator/journal?code={code} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    json(&exchange(node.address(), request.as_bytes()))["entries"].as_array().map_or(0, Vec::len)
}

#[test]
fn a_call_comes_once_whichever_node_it_comes_to() {
    let Some(database) = database() else { return };
    let nodes = Nodes::start(2, &database.url(), &seed());
    let once = call(BEGIN, "space", "15195550101");
    succeeds(&nodes[0], &once);
    assert_eq!(code(&ask(&nodes[1], &once)), "SignatureNonceUsed");
    assert_eq!(code(&ask(&nodes[0], &once)), "SignatureNonceUsed");
}

#[test]
fn a_ledger_that_cannot_be_used_is_a_temporary_failure() {
    let ledger = ledger::open(&LedgerUrl::Memory).expect("a ledger");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let seed = Seed::parse(&seed()).expect("a sound seed");
    runtime.block_on(ledger.apply_seed(seed)).expect("a seeded ledger");
    let app = TestApp::with_ledger(Arc::clone(&ledger));
    app.succeeds(&call(BEGIN, "space", "15195550101"));
    runtime.block_on(ledger.close());
    for action in [BEGIN, SEND, STATUS, VERIFY, REGISTER] {
        let answer = app.cams(&call(action, "space", "15195550101"));
        assert_eq!((answer.status, code(&answer).as_str()), (503, "ServiceUnavailable"), "{action}");
    }
}
