//! SIGKILL for one node after the other.

use std::time::Instant;

use super::writers::Writers;
use super::{expect_recovery, judge, start_nodes};
use crate::harness::postgres::database;

#[test]
fn nodes_are_killed_in_turn_and_nothing_that_was_answered_is_lost() {
    let Some(database) = database() else { return };
    let mut nodes = start_nodes(3, &database.url());
    let writers = Writers::start(&nodes);
    for round in 0..6 {
        writers.wait_for_saves(500);
        nodes.replace(round % 3);
        let since = Instant::now();
        writers.find(&nodes);
        expect_recovery(&writers, since, "after a node was killed");
    }
    writers.wait_for_saves(500);
    judge(writers, nodes, &database.url());
}
