//! Sessions of the companions' callers, and their accounts.

use std::sync::Arc;

use sync_asmx::domain::Companions;
use sync_asmx::ledger::{Change, Changed, Edit, Ledger, MOST_SESSIONS, Seed, SharedState};
use tokio::task::JoinSet;
use tokio::time::{Duration, Instant, sleep};

use super::each_pair;
use crate::harness::PATIENCE;

fn sessions(nodes: &[Arc<dyn Ledger>; 2]) -> [Arc<dyn SharedState>; 2] {
    nodes.each_ref().map(|node| node.shared_state())
}

#[tokio::test]
async fn a_session_made_on_one_node_goes_on_on_another() {
    for (nodes, _database) in &each_pair() {
        let [one, other] = sessions(nodes);
        let long = "n".repeat(100_000);
        for name in ["plain", "", "with\0zero", &long] {
            assert_eq!(one.set_session(name, None, Some(r#"{"step":1}"#.into())).await, Ok(true), "{name:.20}");
            assert_eq!(other.set_session(name, None, Some(r#"{"step":9}"#.into())).await, Ok(false), "{name:.20}");
            assert_eq!(other.find_session(name).await, Ok(Some(r#"{"step":1}"#.into())), "{name:.20}");
            assert_eq!(other.set_session(name, Some(r#"{"step":1}"#), Some("{}".into())).await, Ok(true), "{name:.20}");
            assert_eq!(one.set_session(name, Some(r#"{"step":1}"#), None).await, Ok(false), "{name:.20}");
            assert_eq!(one.find_session(name).await, Ok(Some("{}".into())), "{name:.20}");
            assert_eq!(one.set_session(name, Some("{}"), None).await, Ok(true), "{name:.20}");
            assert_eq!(other.find_session(name).await, Ok(None), "{name:.20}");
            assert_eq!(other.set_session(name, None, None).await, Ok(true), "{name:.20}: it isn't there, as expected");
        }
        assert_eq!(one.set_session("plain", None, Some("{}".into())).await, Ok(true));
        other.clear_callers().await.expect("a store");
        assert_eq!(one.find_session("plain").await, Ok(None));
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
                    let is_done =
                        sessions.set_session("one", expected.as_deref(), next.clone()).await.expect("a store");
                    is_done.then_some(next)
                });
            }
            let winners: Vec<_> = callers.join_all().await.into_iter().flatten().collect();
            assert_eq!(winners.len(), 1, "round {round}: {winners:?}");
            expected.clone_from(&winners[0]);
            assert_eq!(sessions[round % 2].find_session("one").await, Ok(expected.clone()), "round {round}");
        }
    }
}

#[tokio::test]
async fn the_sessions_that_were_set_first_are_forgotten() {
    for (nodes, database) in &each_pair() {
        let shared_state = nodes[0].shared_state();
        let make = async |name: String| shared_state.set_session(&name, None, Some("{}".into())).await;
        // Of all that there may be, these are never the oldest, so there is room for a hundred others.
        database.query(&format!(
            "INSERT INTO session (name, session, set_by, set_at)
            SELECT convert_to('filler ' || n, 'UTF8'), '', 0, 8000000000000 FROM generate_series(101, {MOST_SESSIONS}) AS n"
        ));
        for session in 0..100 {
            assert_eq!(make(format!("old {session}")).await, Ok(true));
        }
        database.query("UPDATE session SET set_at = set_at - 1000");
        let count = || database.query("SELECT count(*) FROM session").remove(0).remove(0).parse::<usize>();
        let start = Instant::now();
        let mut step = "{}".to_owned();
        for session in 0.. {
            // One that goes on isn't old.
            let next = session.to_string();
            assert_eq!(shared_state.set_session("old 0", Some(&step), Some(next.clone())).await, Ok(true));
            step = next;
            assert_eq!(make(format!("new {session}")).await, Ok(true));
            if count() == Ok(MOST_SESSIONS) {
                break;
            }
            assert!(start.elapsed() < PATIENCE, "all sessions stay");
        }
        assert_eq!(shared_state.find_session("old 0").await, Ok(Some(step)));
        assert_eq!(shared_state.find_session("old 1").await, Ok(None));
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
            let change = Change::EditProgram(demo, Edit::PutCompanions(accounts));
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
