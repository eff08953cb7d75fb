//! What the tests share: a server in this process, a server in a process of its own, an HTTP client, and calls.

mod app;
mod envelope;
mod http;
mod nodes;
pub mod postgres;
mod process;
mod proxy;
mod skips;
mod terminal;

pub use app::TestApp;
pub use envelope::{Envelope, escape};
pub use http::{Answer, Connection, end_of_head, exchange};
pub use nodes::Nodes;
pub use process::{Process, command, run_to_end};
pub use proxy::{Cut, Proxy};
pub use skips::skip;
pub use terminal::{on_terminal, terminal};

use std::thread;
use std::time::{Duration, Instant};

/// Long enough for the slowest machine; no test waits for it unless something hangs.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until something is so that others bring about.
pub fn wait_for(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        thread::sleep(Duration::from_millis(2));
    }
}
