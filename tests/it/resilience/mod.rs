//! Nodes that are killed, databases that go away, lines that are cut: what was answered with 0 is there, exactly as it was answered.

mod cut_lines;
mod fail_over;
mod killed_nodes;
mod outages;
mod places;
mod proofs;
mod slow_line;
mod writer;
mod writers;

use std::time::{Duration, Instant};

use crate::harness::postgres::query;
use crate::harness::{Answer, Nodes, Process, exchange, wait_for};
use crate::many_members;
use writer::WRITERS;
use writers::Writers;

/// So soon after the database is back, calls succeed again.
const PROMISE: Duration = Duration::from_secs(5);
/// No call takes longer, whatever is the matter: about 10 s, and what a busy machine adds.
const LONGEST_CALL: Duration = Duration::from_secs(20);

/// Nodes of a ledger, with the members of all writers in it.
fn start_nodes(count: usize, url: &str) -> Nodes {
    Nodes::start(count, url, &many_members::seed(writer::MEMBERS))
}

/// Expects that every node saves again soon after `since`.
fn expect_recovery(writers: &Writers, since: Instant, what: &str) {
    let waited = writers.wait_for_each_node(since, PROMISE);
    let waited = waited.unwrap_or_else(|| unreachable!("{what}: not every node saves again within {PROMISE:?}"));
    eprintln!("{what}: every node saves again after {waited:?}");
}

/// Ends the load, and compares what was answered with what is in the database at `url`.
fn judge(writers: Writers, nodes: Nodes, url: &str) {
    let verdict = writers.stop();
    nodes.stop();
    // A statement of a node that is gone may still be at work.
    let others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    wait_for("the end of all sessions", || query(url, others).is_empty());
    let stored = many_members::read_database(url);
    many_members::assert_one_member_a_number(&stored);
    verdict.check(&stored);
}

/// The status of `/_emulator/ready`.
fn readiness(node: &Process) -> u16 {
    let request = format!("GET /_emulator/ready HTTP/1.1\r\nHost: {}\r\n\r\n", node.address());
    let answer: Answer = exchange(node.address(), request.as_bytes());
    answer.status
}
