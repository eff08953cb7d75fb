//! Nodes that start.

use std::fs;

use sync_asmx::ledger::seed::DEFAULT;

use super::{code, get, wait_for_all};
use crate::harness::postgres::database;
use crate::harness::{Nodes, command, run_to_end};

#[test]
fn ten_nodes_that_start_at_once_on_an_empty_database_all_come_up_with_one_seed() {
    let Some(database) = database() else { return };
    let nodes = Nodes::start(10, &database.url(), DEFAULT);
    wait_for_all(&nodes, "the seed", |node| code(node, "TEST-TOKEN") == 0);
    assert_eq!(database.query("SELECT count(*), count(DISTINCT name) FROM program"), [["1", "1"]]);
    assert_eq!(database.query("SELECT count(*), count(DISTINCT member_id) FROM member"), [["3", "3"]]);
    let state = get(&nodes[0], "/state");
    for node in nodes.iter() {
        assert_eq!(get(node, "/state"), state);
    }
    nodes.stop();
}

#[test]
fn a_node_that_joins_later_leaves_what_is_there() {
    let Some(database) = database() else { return };
    let first = Nodes::start(1, &database.url(), DEFAULT);
    assert_eq!(code(&first[0], "TEST-TOKEN"), 0);
    let state = get(&first[0], "/state");
    let other_seed = r#"{"programs":[{"name":"other"}]}"#;
    let second = Nodes::start(1, &database.url(), other_seed);
    assert_eq!(get(&second[0], "/state"), state);
}

#[test]
fn a_node_that_is_older_than_the_schema_refuses_to_start_and_says_so() {
    let Some(database) = database() else { return };
    Nodes::start(1, &database.url(), DEFAULT).stop();
    let later = "INSERT INTO refinery_schema_history (version, name, applied_on, checksum) \
                 VALUES (999, 'later', '2030-01-01T00:00:00Z', '1')";
    database.query(later);
    let folder = tempfile::tempdir().expect("a folder");
    let url = database.url();
    let output = run_to_end(command(folder.path(), &["--listen", "127.0.0.1:0", "--ledger", &url]));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!output.status.success() && output.stdout.is_empty(), "{output:?}");
    for part in ["--ledger", "newer"] {
        assert!(message.contains(part), "{part}: {message}");
    }
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}
