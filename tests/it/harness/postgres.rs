//! PostgreSQL: databases in a cluster that all tests share, and clusters of a test's own, which may be stopped and killed.
//!
//! `tests/postgres/run` says where both come from. Without it, tests that need them are skipped.

mod cluster;
mod database;
mod sql;

pub use cluster::Cluster;
pub use database::{Database, database};
pub use sql::{Rows, query, try_query};

use super::skip;

/// What a variable of the environment says. Where it isn't set, the test that asks is skipped.
fn told(name: &str) -> Option<String> {
    let value = std::env::var(name).ok();
    if value.is_none() {
        skip("there is no PostgreSQL, see tests/postgres/run");
    }
    value
}
