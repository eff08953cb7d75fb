//! PostgreSQL: databases in a cluster that all tests share, and clusters of a test's own, which may be stopped and killed.
//!
//! `tests/postgres/run` says where both come from. Without it, tests that need them do nothing.

mod cluster;
mod database;
mod sql;

pub use cluster::Cluster;
pub use database::{Database, database};
pub use sql::{Rows, query, try_query};

use std::io::{Write, stderr};
use std::sync::Once;

/// What a variable of the environment says. Where it isn't set, a line tells once that something is left out.
fn told(name: &str) -> Option<String> {
    static TELLS: Once = Once::new();
    let value = std::env::var(name).ok();
    if value.is_none() {
        // Past the test runner, which keeps what tests print to itself.
        let line = format!("PostgreSQL is left out: {name} isn't set, see tests/postgres/run\n");
        TELLS.call_once(|| drop(stderr().write_all(line.as_bytes())));
    }
    value
}
