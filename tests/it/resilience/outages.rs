//! The database goes away, and comes back.

use std::thread;
use std::time::{Duration, Instant};

use super::writers::Writers;
use super::{expect_recovery, judge, readiness, start_nodes};
use crate::harness::postgres::Cluster;
use crate::harness::{Nodes, wait_for};

fn wait_for_readiness(nodes: &Nodes, status: u16) {
    for node in nodes.iter() {
        wait_for("readiness", || readiness(node) == status);
    }
}

/// Stops the database in order for so long, while the writers go on.
fn stop_for(outage: Duration) {
    let Some(mut cluster) = Cluster::start() else { return };
    let nodes = start_nodes(3, &cluster.url());
    let writers = Writers::start(&nodes);
    wait_for_readiness(&nodes, 200);
    writers.wait_for_saves(500);
    cluster.stop();
    let stopped = Instant::now();
    wait_for_readiness(&nodes, 503);
    writers.wait_for_failures(1);
    thread::sleep(outage.saturating_sub(stopped.elapsed()));
    cluster.start_again();
    let what = format!("after {outage:?} without a database");
    expect_recovery(&writers, Instant::now(), &what);
    wait_for_readiness(&nodes, 200);
    writers.wait_for_saves(500);
    judge(writers, nodes, &cluster.url());
}

#[test]
fn five_seconds_without_the_database_lose_nothing() {
    stop_for(Duration::from_secs(5));
}

#[test]
fn a_minute_without_the_database_loses_nothing() {
    stop_for(Duration::from_mins(1));
}

#[test]
fn a_database_killed_under_load_loses_nothing_that_was_answered() {
    let Some(mut cluster) = Cluster::start() else { return };
    let nodes = start_nodes(3, &cluster.url());
    let writers = Writers::start(&nodes);
    for _ in 0..3 {
        writers.wait_for_saves(500);
        cluster.kill();
        cluster.start_again();
        expect_recovery(&writers, Instant::now(), "after the database was killed");
    }
    writers.wait_for_saves(500);
    judge(writers, nodes, &cluster.url());
}
