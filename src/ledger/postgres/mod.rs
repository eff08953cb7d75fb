//! The ledger in PostgreSQL, shared by any number of nodes.

mod url;

pub use url::PostgresUrl;
