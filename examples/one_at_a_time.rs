//! What `scripts/bench` measures batches against: `sync-asmx` on PostgreSQL with one connection that saves, and one call in each
//! transaction on it.
//!
//! ```sh
//! cargo run --release --example one_at_a_time -- --ledger postgres://postgres@127.0.0.1/postgres --listen 127.0.0.1:0
//! ```
//!
//! `WRITERS` and `BATCH` in the environment try other numbers of connections, and of calls in a transaction.

use std::error::Error;
use std::str::FromStr;
use std::sync::Arc;

use clap::Parser;
use sync_asmx::ledger::{LedgerUrl, PostgresLedger, Queue};
use sync_asmx::server::Server;
use sync_asmx::settings::Settings;

fn main() -> Result<(), Box<dyn Error>> {
    actix_web::rt::System::new().block_on(serve(&Settings::parse()))
}

async fn serve(settings: &Settings) -> Result<(), Box<dyn Error>> {
    let LedgerUrl::Postgres(url) = settings.ledger() else { return Err("expected --ledger postgres://…".into()) };
    let queue = Queue { writers: number("WRITERS")?, batch: number("BATCH")?, ..Queue::shared() };
    let server = Server::with_ledger(settings, Arc::new(PostgresLedger::open(url, queue)?))?;
    let origin = server.origin();
    server.run(|| println!("listening on {origin}")).await?;
    Ok(())
}

/// What the environment says; else 1.
fn number(name: &str) -> Result<usize, String> {
    let text = std::env::var(name).unwrap_or_else(|_| "1".into());
    usize::from_str(&text).map_err(|_| format!("{name}: expected a whole number"))
}
