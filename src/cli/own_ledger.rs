//! The ledger of a server on this machine, for commands that work on its files.

use clap::Args;

use crate::ledger::LedgerUrl;
use crate::settings::{Hidden, InFile, parse_ledger};

/// Which ledger; unless told, that of a server started here with no settings.
#[derive(Debug, Args)]
pub struct OwnLedger {
    /// The ledger
    #[arg(long, env = "SYNC_ASMX_LEDGER", value_name = "URL", default_value = "sqlite:data/sync-asmx.db")]
    #[arg(hide_env_values = true, value_parser = Hidden(parse_ledger))]
    ledger: LedgerUrl,
    /// File with the URL of --ledger, in place of it
    #[arg(long, env = "SYNC_ASMX_LEDGER_FILE", value_name = "FILE", conflicts_with = "ledger")]
    #[arg(value_parser = InFile(parse_ledger))]
    ledger_file: Option<LedgerUrl>,
}

impl OwnLedger {
    /// Where it is.
    pub fn url(&self) -> &LedgerUrl {
        self.ledger_file.as_ref().unwrap_or(&self.ledger)
    }
}
