//! Where a ledger is: behind a server, or at a URL.

use clap::Args;

use crate::cli::failure::Failure;
use crate::cli::remote::Remote;
use crate::ledger::{self, Ledger, LedgerUrl};
use crate::settings::{Hidden, InFile, parse_ledger};

/// Which ledger.
#[derive(Debug, Args)]
pub struct Place {
    /// A ledger that no server has open, instead of a server's
    #[arg(long, value_name = "URL", value_parser = Hidden(parse_ledger))]
    ledger: Option<LedgerUrl>,
    /// File with the URL of --ledger, in place of it
    #[arg(long, value_name = "FILE", conflicts_with = "ledger", value_parser = InFile(parse_ledger))]
    ledger_file: Option<LedgerUrl>,
    #[command(flatten)]
    pub remote: Remote,
}

impl Place {
    /// The ledger that no server has open, if it is one.
    pub fn ledger(&self) -> Option<&LedgerUrl> {
        self.ledger_file.as_ref().or(self.ledger.as_ref())
    }
}

/// Opens a ledger for a while.
///
/// # Errors
/// What `work` says; [`Failure::Refused`] if the ledger can't be opened.
pub fn with_ledger<T>(
    url: &LedgerUrl,
    work: impl AsyncFnOnce(&dyn Ledger) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::Refused(error.to_string()))?;
    let ledger = {
        let _inside = runtime.enter();
        ledger::open(url).map_err(|error| Failure::Refused(format!("--ledger: {error}")))?
    };
    runtime.block_on(async {
        let outcome = work(&*ledger).await;
        ledger.close().await;
        outcome
    })
}
