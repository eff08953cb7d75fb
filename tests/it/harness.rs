//! What the tests share: a server in this process, a server in a process of its own, an HTTP client, and calls.

mod app;
mod envelope;
mod http;
mod process;

pub use app::TestApp;
pub use envelope::{Envelope, escape};
pub use http::{Answer, Connection, end_of_head, exchange};
pub use process::{Process, command, run_to_end};

/// Long enough for the slowest machine; no test waits for it unless something hangs.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_mins(1);
