//! The ledger in PostgreSQL, shared by any number of nodes.

// Not used yet.
#[allow(dead_code)]
mod certificate;
#[allow(dead_code)]
mod connector;
mod parameters;
#[allow(dead_code)]
mod passwords;
#[allow(dead_code)]
mod tls;
#[allow(dead_code)]
mod url;

pub use url::PostgresUrl;
