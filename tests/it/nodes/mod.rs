//! Many nodes on one ledger: what one of them is told holds for all.

mod board;
mod calls;
mod directory;
mod starts;
mod traffic;

use serde_json::Value;
use sync_asmx::ledger::seed::DEFAULT;

use crate::control_plane::client::{Outcome, outcome, send};
use crate::harness::postgres::{Database, database};
use crate::harness::{Envelope, Nodes, Process, wait_for};

/// Three nodes with the default seed, and the database that they share.
fn three_nodes() -> Option<(Nodes, Database)> {
    let database = database()?;
    Some((Nodes::start(3, &database.url(), DEFAULT), database))
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
