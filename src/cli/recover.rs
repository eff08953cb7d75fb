//! Goes on with a ledger that can't be shown to hold all that was answered.

use clap::Args;
use serde_json::json;

use super::confirm::Confirm;
use super::{Failure, Output};
use crate::ledger::{LedgerUrl, Recovery};

/// An SQLite ledger whose start is refused because of its redo log.
#[derive(Debug, Args)]
pub struct Recover {
    /// The ledger; no server may have it open
    #[arg(long, env = "SYNC_ASMX_LEDGER", value_name = "URL", default_value = "sqlite:data/sync-asmx.db")]
    ledger: LedgerUrl,
    #[command(flatten)]
    confirm: Confirm,
    #[command(flatten)]
    output: Output,
}

impl Recover {
    pub fn run(self) -> Result<(), Failure> {
        let LedgerUrl::Sqlite(path) = &self.ledger else { return Err(Failure::Refused(NO_LOG.into())) };
        let refused = |reason| Failure::Refused(format!("{}: {reason}", self.ledger));
        let Some(recovery) = Recovery::find(path).map_err(refused)? else {
            let told = json!({"ledger": self.ledger.to_string(), "problem": null, "kept": 0, "lost": 0});
            return self.output.tell(&told, |_| format!("{}: nothing to recover", self.ledger));
        };
        let (problem, kept, lost) = (recovery.problem().to_string(), recovery.kept(), recovery.lost());
        let count = lost.map_or("an unknown number of".to_owned(), |lost| lost.to_string());
        self.confirm.ask(&format!(
            "{}: {problem}.\n{kept} entries of the redo log can be used; {count} entries will be lost.\nCopy {}* first, if you may want \
             to look for them later.",
            self.ledger,
            path.display()
        ))?;
        recovery.accept().map_err(refused)?;
        let told = json!({"ledger": self.ledger.to_string(), "problem": problem, "kept": kept, "lost": lost});
        self.output.tell(&told, |_| format!("{}: recovered; {kept} entries kept, {count} lost", self.ledger))
    }
}

const NO_LOG: &str =
    "only an SQLite file has a redo log; PostgreSQL recovers by itself, and memory has nothing to recover";
