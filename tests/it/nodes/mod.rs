//! Many nodes on one ledger: what one of them is told holds for all.

mod board;
mod calls;
mod directory;
mod sessions;
mod starts;
mod traffic;

use std::sync::Arc;

use serde_json::Value;
use sync_asmx::ledger::seed::DEFAULT;
use sync_asmx::ledger::{self, Ledger};

use crate::control_plane::client::{Outcome, outcome, send};
use crate::harness::postgres::{Database, database};
use crate::harness::{Envelope, Nodes, Process, wait_for};

/// Three nodes with the default seed, and the database that they share.
fn three_nodes() -> Option<(Nodes, Database)> {
    let database = database()?;
    Some((Nodes::start(3, &database.url(), DEFAULT), database))
}

/// Two nodes of one ledger in this process, in databases of either isolation.
fn each_pair() -> Vec<([Arc<dyn Ledger>; 2], Database)> {
    let isolations = ["read committed", "serializable"].into_iter();
    let pair = |isolation| {
        let database = database()?.with_default("default_transaction_isolation", isolation);
        let url = database.url().parse().expect("a URL");
        Some(([(); 2].map(|()| ledger::open(&url).expect("a ledger")), database))
    };
    isolations.filter_map(pair).collect()
}

/// Calls the control plane of a node, with JSON if it isn't null.
fn call(node: &Process, method: &str, path: &str, body: &Value) -> Outcome {
    let text = if body.is_null() { String::new() } else { body.to_string() };
    let headers = [("Content-Type", "application/json")];
    outcome(&send(node.address(), method, &format!("/_emulator{path}"), &headers, &text))
}

fn get(node: &Process, path: &str) -> Value {
    let (status, body) = call(node, "GET", path, &Value::Null);
    assert_eq!(status, 200, "{body}");
    body
}

/// What a save of member 1001 with this token is answered.
fn code(node: &Process, token: &str) -> i32 {
    node.call(&Envelope::save_account_phone().with("SecurityToken", token)).return_code()
}

/// Waits until it is so on each node. It is at once where it was made so, and soon on the others.
fn wait_for_all(nodes: &Nodes, what: &str, is_so: impl Fn(&Process) -> bool) {
    for node in nodes.iter() {
        wait_for(what, || is_so(node));
    }
}
