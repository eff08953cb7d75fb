//! The bad lines and dying databases of other tests are as bad as they are said to be.

use std::thread;
use std::time::{Duration, Instant};

use crate::harness::postgres::{Cluster, database, query, try_query};
use crate::harness::{Cut, Proxy, wait_for};

const INSERT: &str = "INSERT INTO told VALUES (1)";

#[test]
fn a_line_is_cut_within_a_message_before_its_answer_or_before_it_arrives() {
    let Some(database) = database() else { return };
    database.query("CREATE TABLE told (value bigint)");
    let proxy = Proxy::before(database.port());
    let by_proxy = database.url_by(proxy.port());
    let mut stored = 0;
    for cut in [Cut::WithinMessage, Cut::BeforeAnswer, Cut::Late] {
        thread::scope(|scope| {
            let inserts = scope.spawn(|| {
                // The first ones may come before anybody waits for them.
                let mut answered = 0;
                while try_query(&by_proxy, INSERT).is_ok() {
                    answered += 1;
                }
                answered
            });
            proxy.cut_next(cut, "INTO told");
            stored += inserts.join().expect("no panic") + i32::from(cut != Cut::WithinMessage);
        });
        let is_stored = || database.query("SELECT count(*) FROM told") == [[stored.to_string()]];
        match cut {
            Cut::Late => wait_for("what comes late", is_stored),
            _ => assert!(is_stored(), "{cut:?}"),
        }
    }
}

#[test]
fn a_line_is_long_or_closed() {
    let Some(database) = database() else { return };
    let proxy = Proxy::before(database.port());
    let by_proxy = database.url_by(proxy.port());
    let delay = Duration::from_millis(50);
    proxy.delay(delay);
    let start = Instant::now();
    query(&by_proxy, "SELECT 1");
    // Saying hello, and asking.
    assert!(start.elapsed() >= 4 * delay);
    proxy.delay(Duration::ZERO);
    thread::scope(|scope| {
        let sleeper = scope.spawn(|| try_query(&by_proxy, "SELECT pg_sleep(600)"));
        let sleeps = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(6%'";
        wait_for("a statement", || database.query(sleeps).len() == 2);
        proxy.refuse(true);
        proxy.cut_all();
        sleeper.join().expect("no panic").expect_err("a cut line");
    });
    try_query(&by_proxy, "SELECT 1").expect_err("a refused line");
    proxy.refuse(false);
    query(&by_proxy, "SELECT 1");
}

#[test]
fn what_a_cluster_answered_is_there_after_it_was_killed_and_on_its_standby() {
    let Some(mut cluster) = Cluster::start() else { return };
    cluster.query("CREATE TABLE told (value bigint)");
    cluster.query(INSERT);
    cluster.kill();
    try_query(&cluster.url(), "SELECT 1").expect_err("a cluster that is gone");
    cluster.start_again();
    assert_eq!(cluster.query("SELECT * FROM told"), [["1"]]);

    let standby = cluster.standby_by(cluster.port());
    cluster.query(INSERT);
    try_query(&standby.url(), INSERT).expect_err("a standby");
    cluster.kill();
    standby.promote();
    standby.query(INSERT);
    assert_eq!(standby.query("SELECT * FROM told"), [["1"], ["1"], ["1"]]);
}
