//! A synchronous standby takes over.

use std::thread;
use std::time::Instant;

use super::writers::Writers;
use super::{WRITERS, expect_recovery, judge, start_nodes};
use crate::control_plane::client::send;
use crate::harness::postgres::Cluster;
use crate::harness::{PATIENCE, Proxy, wait_for};

/// Where either of them is found, whichever can be written.
fn url_of_both(one: &Cluster, other: &Cluster) -> String {
    let hosts = [one, other].map(|cluster| format!("127.0.0.1:{}", cluster.port())).join(",");
    format!("postgres://postgres@{hosts}/postgres?target_session_attrs=read-write")
}

#[test]
fn a_standby_that_takes_over_has_all_that_was_answered() {
    let Some(mut primary) = Cluster::start() else { return };
    let standby = primary.standby_by(primary.port());
    let nodes = start_nodes(3, &url_of_both(&primary, &standby));
    let writers = Writers::start(&nodes);
    writers.wait_for_saves(2000);
    primary.kill();
    standby.promote();
    expect_recovery(&writers, Instant::now(), "after a fail-over");
    writers.wait_for_saves(500);
    judge(writers, nodes, &standby.url());
}

/// As long as the standby doesn't say that it has a commit, nothing is answered with 0, however long that takes. A primary that is
/// asked to hurry answers that it has committed; only a warning tells that the standby hasn't.
#[test]
fn what_the_standby_does_not_have_is_not_answered_with_0() {
    let Some(mut primary) = Cluster::start() else { return };
    let proxy = Proxy::before(primary.port());
    let standby = primary.standby_by(proxy.port());
    let nodes = start_nodes(3, &url_of_both(&primary, &standby));
    let writers = Writers::start(&nodes);
    writers.wait_for_saves(500);
    // What is on its way from now on never arrives.
    proxy.delay(10 * PATIENCE);
    for _ in 0..10 {
        let hurry = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        wait_for("a commit that waits", || !primary.query(hurry).is_empty());
    }
    // By then, everybody has been told once or twice that it didn't work.
    writers.wait_for_failures(2 * WRITERS);
    primary.kill();
    proxy.cut_all();
    standby.promote();
    expect_recovery(&writers, Instant::now(), "after a fail-over from a primary that was alone");
    writers.wait_for_saves(500);
    judge(writers, nodes, &standby.url());
}

/// The same for what testers change: 503 says that nobody can tell.
#[test]
fn a_change_that_the_standby_does_not_have_is_not_confirmed() {
    let Some(primary) = Cluster::start() else { return };
    let proxy = Proxy::before(primary.port());
    let _standby = primary.standby_by(proxy.port());
    let nodes = start_nodes(1, &primary.url());
    proxy.delay(10 * PATIENCE);
    let node = &nodes[0];
    let program = r#"{"members":[{"member_id":1}]}"#;
    let headers = [("Content-Type", "application/json")];
    let answer = thread::scope(|scope| {
        let put = scope.spawn(|| send(node.address(), "PUT", "/_emulator/programs/own", &headers, program));
        let hurry = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'";
        wait_for("a commit that waits", || !primary.query(hurry).is_empty());
        put.join().expect("an answer")
    });
    assert_eq!(answer.status, 503, "{answer:?}");
    wait_for("the reason in the log", || node.stderr().contains("a standby may not have the change"));
    proxy.cut_all();
}
