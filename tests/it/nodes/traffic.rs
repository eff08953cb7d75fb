//! What nodes have to agree on about callers of the companions: nonces, calls counted, sessions, accounts.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use sync_asmx::domain::Companions;
use sync_asmx::ledger::{self, Admission, Admitted, Change, Changed, Ledger, Seed};
use sync_asmx::sessions::Sessions;
use sync_asmx::traffic::Traffic;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};

use crate::harness::PATIENCE;
use crate::harness::postgres::{Database, database};

/// Two nodes of one ledger, in databases of either isolation.
fn each_pair() -> Vec<([Arc<dyn Ledger>; 2], Database)> {
    let isolations = ["read committed", "serializable"].into_iter();
    let pair = |isolation| {
        let database = database()?.with_default("default_transaction_isolation", isolation);
        let url = database.url().parse().expect("a URL");
        Some(([(); 2].map(|()| ledger::open(&url).expect("a ledger")), database))
    };
    isolations.filter_map(pair).collect()
}

fn traffic(nodes: &[Arc<dyn Ledger>; 2]) -> [Traffic; 2] {
    nodes.each_ref().map(|node| Traffic::new(node.commons()))
}

fn sessions(nodes: &[Arc<dyn Ledger>; 2]) -> [Sessions; 2] {
    nodes.each_ref().map(|node| Sessions::new(node.commons()))
}

fn admission(nonce: impl Into<String>, counter: Option<&str>) -> Admission {
    Admission { nonce: nonce.into(), nonce_life: Duration::from_mins(30), counter: counter.map(str::to_owned) }
}

async fn admit(traffic: &Traffic, nonce: impl Into<String>, counter: Option<&str>) -> Admitted {
    traffic.admit(admission(nonce, counter)).await.expect("a store")
}

/// Lets so many calls come to the nodes at once, in turns; a new nonce for each.
async fn rush(nodes: &[Traffic; 2], counter: &str, calls: usize) -> Vec<Admitted> {
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
        other.clear().await.expect("a store");
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
        let [one, other] = traffic(nodes);
        let first = admit(&one, "a", Some("ada")).await;
        assert_eq!(first.calls, 1);
        assert!(first.window_left > Duration::ZERO && first.window_left <= Duration::from_secs(1), "{first:?}");
        sleep(first.window_left + Duration::from_millis(5)).await;
        assert_eq!(admit(&other, "b", Some("ada")).await.calls, 1, "in a window of its own");
        assert_eq!(admit(&one, "c", Some("alan")).await.calls, 1, "of a counter of its own");
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

#[tokio::test]
async fn a_session_made_on_one_node_goes_on_on_another() {
    for (nodes, _database) in &each_pair() {
        let [one, other] = sessions(nodes);
        let long = "n".repeat(100_000);
        for name in ["plain", "", "with\0zero", &long] {
            assert_eq!(one.set(name, None, Some(r#"{"step":1}"#.into())).await, Ok(true), "{name:.20}");
            assert_eq!(other.set(name, None, Some(r#"{"step":9}"#.into())).await, Ok(false), "{name:.20}");
            assert_eq!(other.find(name).await, Ok(Some(r#"{"step":1}"#.into())), "{name:.20}");
            assert_eq!(other.set(name, Some(r#"{"step":1}"#), Some("{}".into())).await, Ok(true), "{name:.20}");
            assert_eq!(one.set(name, Some(r#"{"step":1}"#), None).await, Ok(false), "{name:.20}");
            assert_eq!(one.find(name).await, Ok(Some("{}".into())), "{name:.20}");
            assert_eq!(one.set(name, Some("{}"), None).await, Ok(true), "{name:.20}");
            assert_eq!(other.find(name).await, Ok(None), "{name:.20}");
            assert_eq!(other.set(name, None, None).await, Ok(true), "{name:.20}: it isn't there, as expected");
        }
        assert_eq!(one.set("plain", None, Some("{}".into())).await, Ok(true));
        other.clear().await.expect("a store");
        assert_eq!(one.find("plain").await, Ok(None));
    }
}

#[tokio::test]
async fn of_many_who_change_a_session_at_once_one_does() {
    for (nodes, _database) in &each_pair() {
        let sessions = sessions(nodes);
        let mut expected = None;
        // Made, replaced, replaced, removed.
        for round in 0..4 {
            let mut callers = JoinSet::new();
            for caller in 0..20 {
                let (sessions, expected) = (sessions[caller % 2].clone(), expected.clone());
                let next = (round < 3).then(|| format!("{round} by {caller}"));
                callers.spawn(async move {
                    let is_done = sessions.set("one", expected.as_deref(), next.clone()).await.expect("a store");
                    is_done.then_some(next)
                });
            }
            let winners: Vec<_> = callers.join_all().await.into_iter().flatten().collect();
            assert_eq!(winners.len(), 1, "round {round}: {winners:?}");
            expected.clone_from(&winners[0]);
            assert_eq!(sessions[round % 2].find("one").await, Ok(expected.clone()), "round {round}");
        }
    }
}

#[tokio::test]
async fn the_sessions_that_were_set_first_are_forgotten() {
    for (nodes, database) in &each_pair() {
        let commons = nodes[0].commons().expect("commons");
        let make = async |name: String| commons.set_session(&name, None, Some("{}".into()), 100).await;
        for session in 0..100 {
            assert_eq!(make(format!("old {session}")).await, Ok(true));
        }
        database.query("UPDATE session SET set_at = set_at - 1000");
        assert_eq!(commons.set_session("old 0", Some("{}"), Some("on".into()), 100).await, Ok(true));
        let count = || database.query("SELECT count(*) FROM session").remove(0).remove(0).parse::<usize>();
        let start = Instant::now();
        for session in 0.. {
            assert_eq!(make(format!("new {session}")).await, Ok(true));
            if count() == Ok(100) {
                break;
            }
            assert!(start.elapsed() < PATIENCE, "all sessions stay");
        }
        assert_eq!(commons.find_session("old 0").await, Ok(Some("on".into())), "it went on");
    }
}

#[tokio::test]
async fn accounts_put_on_one_node_are_found_on_the_other_soon() {
    for ([one, other], _database) in &each_pair() {
        one.apply_seed(Seed::parse(r#"{"programs":[{"name":"demo"}]}"#).expect("a seed")).await.expect("applied");
        let demo = one.directory().program("demo").expect("demo").id;
        for round in 0..5 {
            let login = format!("ada {round}");
            let accounts = format!(r#"{{"pims_accounts":[{{"login":"{login}","member_id":1}}]}}"#);
            let accounts: Companions = serde_json::from_str(&accounts).expect("accounts");
            let change = Change::PutCompanions(demo, accounts);
            assert_eq!(one.change(one.directory().version(), change).await, Ok(Changed::Replaced));
            assert!(one.directory().find_pims_login(&login).is_some());
            let start = Instant::now();
            while other.directory().find_pims_login(&login).is_none() {
                assert!(start.elapsed() < PATIENCE, "{login} isn't known on the other node");
                sleep(Duration::from_millis(1)).await;
            }
        }
    }
}
