//! Where a ledger is: behind a server, or at a URL.

use clap::Args;

use crate::cli::Failure;
use crate::cli::remote::Remote;
use crate::ledger::{self, Ledger, LedgerUrl};

/// Which ledger.
#[derive(Debug, Args)]
pub struct Place {
    /// A ledger that no server has open, instead of a server's
    #[arg(long, value_name = "URL")]
    pub ledger: Option<LedgerUrl>,
    #[command(flatten)]
    pub remote: Remote,
}

/// Opens a ledger for a while.
///
/// # Errors
/// [`Failure::Refused`], with what `work` says, or why the ledger can't be opened.
pub fn with_ledger<T>(url: &LedgerUrl, work: impl AsyncFnOnce(&dyn Ledger) -> Result<T, String>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Refused(error.to_string()))?;
    let ledger = {
        let _inside = runtime.enter();
        ledger::open(url).map_err(|error| Failure::Refused(format!("--ledger: {error}")))?
    };
    runtime.block_on(async {
        let outcome = work(&*ledger).await;
        ledger.close().await;
        outcome.map_err(Failure::Refused)
    })
}
