use std::sync::Arc;
use std::thread;

use futures_util::future::join_all;

use super::*;
use crate::ledger::InMemoryState;
use crate::ledger::nodes::{TestNode, nodes};

/// A clock of one process.
fn clock() -> Clock {
    Clock::new(Arc::new(InMemoryState::default()))
}

fn on(node: &Arc<TestNode>) -> Clock {
    Clock::new(Arc::<TestNode>::clone(node))
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

#[tokio::test]
async fn a_held_clock_stands_until_it_is_advanced() {
    let clock = clock();
    clock.hold(time("2026-01-01T00:00:00Z")).await.expect("a store");
    assert_eq!(clock.now(), time("2026-01-01T00:00:00Z"));
    let reading = clock.clone().advance(SignedDuration::from_secs(3600)).await;
    assert_eq!(reading, Ok(Some(Reading { now: time("2026-01-01T01:00:00Z"), is_held: true })));
    assert_eq!(clock.now(), time("2026-01-01T01:00:00Z"));
}

#[tokio::test]
async fn a_running_clock_runs_on_from_where_it_was_put() {
    let clock = clock();
    clock.run_from(time("2030-01-01T00:00:00Z")).await.expect("a store");
    clock.advance(SignedDuration::from_secs(-3600)).await.expect("a store").expect("a time");
    let Reading { now, is_held } = clock.read();
    assert!(!is_held && now >= time("2029-12-31T23:00:00Z") && now < time("2029-12-31T23:30:00Z"), "{now}");
    clock.clear().await.expect("a store");
    assert!(clock.now() < time("2029-12-31T00:00:00Z") || Timestamp::now() > time("2029-12-31T00:00:00Z"));
}

#[tokio::test]
async fn a_time_that_cannot_be_is_refused_and_changes_nothing() {
    let clock = clock();
    clock.hold(time("2026-01-01T00:00:00Z")).await.expect("a store");
    for by in [SignedDuration::MAX, SignedDuration::MIN, SignedDuration::from_hours(24 * 366 * 8000)] {
        assert_eq!(clock.advance(by).await, Ok(None), "{by}");
    }
    assert_eq!(clock.now(), time("2026-01-01T00:00:00Z"));
}

#[tokio::test]
async fn all_nodes_show_the_time_that_one_was_set_to() {
    let [first, second] = nodes();
    let (one, other) = (on(&first), on(&second));
    for moment in ["2026-01-01T00:00:00.000000001Z", "-000001-03-04T05:06:07.8Z", "9998-12-31T23:59:59.999999999Z"] {
        one.hold(time(moment)).await.expect("a store");
        second.look();
        assert_eq!(other.read(), Reading { now: time(moment), is_held: true });
        one.run_from(time(moment)).await.expect("a store");
        second.look();
        let (shown, late) = (other.read(), SignedDuration::from_mins(1));
        assert!(!shown.is_held && shown.now.duration_since(time(moment)) < late, "{shown:?}");
    }
    // A node that comes later.
    let [third] = [on(&second)];
    assert!(third.now() > time("9998-01-01T00:00:00Z"));
    other.clear().await.expect("a store");
    first.look();
    assert!(one.now().duration_since(Timestamp::now()).abs() < SignedDuration::from_mins(1));
}

#[test]
fn advances_of_all_nodes_add_up() {
    let nodes = nodes::<4>();
    let clocks = nodes.each_ref().map(on);
    block_on(clocks[0].hold(time("2026-01-01T00:00:00Z"))).expect("a store");
    thread::scope(|scope| {
        for clock in &clocks {
            scope.spawn(|| {
                let advances = join_all((0..100).map(|_| advance_in_the_end(clock)));
                assert!(block_on(advances).iter().all(Option::is_some));
            });
        }
    });
    for (node, clock) in nodes.iter().zip(&clocks) {
        node.look();
        assert_eq!(clock.now(), time("2026-01-01T00:06:40Z"));
    }
}

/// Advances by a second. Threads that run in step can let one of them come second every time: it is told so, and comes back.
async fn advance_in_the_end(clock: &Clock) -> Option<Reading> {
    loop {
        match clock.advance(SignedDuration::from_secs(1)).await {
            Err(LedgerError::Busy) => thread::yield_now(),
            advanced => return advanced.expect("a store"),
        }
    }
}

#[tokio::test]
async fn a_clock_stays_as_it_was_where_the_store_fails_or_says_what_nobody_understands() {
    let [node] = nodes();
    let clock = on(&node);
    clock.hold(time("2026-01-01T00:00:00Z")).await.expect("a store");
    node.set_down(true);
    assert!(clock.advance(SignedDuration::from_secs(1)).await.is_err());
    assert!(clock.clear().await.is_err());
    assert_eq!(clock.now(), time("2026-01-01T00:00:00Z"));
    node.set_down(false);
    let expected = node.config().borrow().clock.clone();
    let change = ConfigChange::SetClock { expected, clock: Some("{}".to_owned()) };
    assert_eq!(node.change_config(change).await, Ok(Some(0)));
    assert!(!clock.read().is_held);
    clock.hold(time("2026-01-01T00:00:00Z")).await.expect("a store");
    assert!(clock.read().is_held);
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().expect("a runtime").block_on(work)
}
