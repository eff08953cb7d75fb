//! What nodes have to agree on about signed calls: nonces, and how many there were.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use sync_asmx::ledger::{Ledger, RateLimitDecision, RateLimitRequest, SharedState};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::each_pair;
use crate::harness::PATIENCE;

fn traffic(nodes: &[Arc<dyn Ledger>; 2]) -> [Arc<dyn SharedState>; 2] {
    nodes.each_ref().map(|node| node.shared_state())
}

fn admission(nonce: impl Into<String>, counter: Option<&str>) -> RateLimitRequest {
    RateLimitRequest { nonce: nonce.into(), nonce_life: Duration::from_mins(30), counter: counter.map(str::to_owned) }
}

async fn admit(traffic: &Arc<dyn SharedState>, nonce: impl Into<String>, counter: Option<&str>) -> RateLimitDecision {
    traffic.admit(admission(nonce, counter)).await.expect("a store")
}

/// Lets so many calls come to the nodes at once, in turns; a new nonce for each.
async fn rush(nodes: &[Arc<dyn SharedState>; 2], counter: &str, calls: usize) -> Vec<RateLimitDecision> {
    let mut callers = JoinSet::new();
    for call in 0..calls {
        let (traffic, counter) = (nodes[call % 2].clone(), counter.to_owned());
        callers.spawn(async move {
            let nonce: u64 = rand::random();
            admit(&traffic, nonce.to_string(), Some(&counter)).await
        });
    }
    callers.join_all().await
}

#[tokio::test]
async fn a_nonce_that_was_used_on_one_node_is_used_on_all() {
    for (nodes, _database) in &each_pair() {
        let [one, other] = traffic(nodes);
        let long = "n".repeat(100_000);
        for nonce in ["plain", "", "with\0zero", "Zürich 🏢", &long] {
            assert!(admit(&one, nonce, Some("ada")).await.is_new, "{nonce:.20}");
            for node in [&other, &one] {
                let again = admit(node, nonce, Some("ada")).await;
                assert_eq!((again.is_new, again.calls), (false, 0), "{nonce:.20}");
            }
        }
        other.clear_callers().await.expect("a store");
        assert_eq!(admit(&one, "plain", None).await.calls, 0);
        assert!(!admit(&other, "plain", None).await.is_new);
    }
}

#[tokio::test]
async fn of_many_who_come_with_one_nonce_at_once_one_is_new_and_counted() {
    for (nodes, _database) in &each_pair() {
        let traffic = traffic(nodes);
        for round in 0..10 {
            let counter = format!("counter {round}");
            let mut callers = JoinSet::new();
            for call in 0..20 {
                let (traffic, counter) = (traffic[call % 2].clone(), counter.clone());
                callers.spawn(async move { admit(&traffic, format!("nonce {round}"), Some(&counter)).await });
            }
            let admitted = callers.join_all().await;
            let new: Vec<_> = admitted.iter().filter(|admitted| admitted.is_new).collect();
            assert_eq!(new.len(), 1, "round {round}: {admitted:?}");
            assert_eq!(new[0].calls, 1, "round {round}");
        }
    }
}

/// All that are counted in one window get numbers of their own, so exactly one of eleven is over a limit of ten, whichever node it
/// comes to. On a slow machine they may fall into two windows; then another round decides.
#[tokio::test]
async fn calls_are_counted_over_all_nodes() {
    for (nodes, _database) in &each_pair() {
        let traffic = traffic(nodes);
        let start = Instant::now();
        for round in 0.. {
            let began = Instant::now();
            let admitted = rush(&traffic, &format!("round {round}"), 11).await;
            assert!(admitted.iter().all(|admitted| admitted.is_new));
            assert!(admitted.iter().all(|admitted| admitted.window_left <= Duration::from_secs(1)));
            let calls: HashSet<_> = admitted.iter().map(|admitted| admitted.calls).collect();
            if began.elapsed() < Duration::from_millis(900) {
                assert_eq!(calls, (1..=11).collect(), "round {round}");
                assert_eq!(admitted.iter().filter(|admitted| admitted.calls > 10).count(), 1);
                break;
            }
            assert!(start.elapsed() < PATIENCE, "no eleven calls in a second");
        }
    }
}

#[tokio::test]
async fn a_window_ends_a_second_after_its_first_call() {
    for (nodes, _database) in &each_pair() {
        let traffic = traffic(nodes);
        let began = Instant::now();
        let first = admit(&traffic[0], "first", Some("ada")).await;
        assert_eq!(first.calls, 1);
        assert!(first.window_left > Duration::ZERO && first.window_left <= Duration::from_secs(1), "{first:?}");
        assert_eq!(admit(&traffic[0], "another's", Some("alan")).await.calls, 1, "of a counter of its own");
        let mut last = first;
        for call in 0.. {
            let next = admit(&traffic[call % 2], call.to_string(), Some("ada")).await;
            assert!(next.window_left <= Duration::from_secs(1), "{next:?}");
            if next.calls == 1 {
                // The database counts whole milliseconds.
                assert!(began.elapsed() >= Duration::from_millis(999), "{last:?}, {next:?}");
                break;
            }
            assert_eq!(next.calls, last.calls + 1, "{last:?}, {next:?}");
            assert!(next.window_left <= last.window_left, "{last:?}, {next:?}");
            last = next;
        }
    }
}

/// What nobody asks for any more goes, while others come by.
#[tokio::test]
async fn what_is_over_is_tidied_away() {
    for (nodes, database) in &each_pair() {
        let traffic = traffic(nodes);
        rush(&traffic, "old", 4).await;
        database.query(
            "UPDATE nonce SET noted_at = noted_at - 1800001; UPDATE call_window SET began_at = began_at - 60000",
        );
        let old = "SELECT count(*) FROM nonce, call_window WHERE noted_at + 1800000 < (SELECT max(noted_at) FROM nonce)
                   OR began_at + 60000 < (SELECT max(began_at) FROM call_window)";
        let start = Instant::now();
        loop {
            rush(&traffic, "new", 64).await;
            if database.query(old) == [["0"]] {
                break;
            }
            assert!(start.elapsed() < PATIENCE, "what is over stays");
        }
        assert_eq!(database.query("SELECT count(*) FROM call_window"), [["1"]]);
    }
}
