//! Goes on with a ledger that can't be shown to hold all that was answered.

use clap::Args;
use serde_json::json;

use super::confirm::Confirm;
use super::failure::Failure;
use super::output::Output;
use super::own_ledger::OwnLedger;
use crate::ledger::{LedgerUrl, Recovery};

/// An SQLite ledger whose start is refused because of its redo log. No server may have it open.
#[derive(Debug, Args)]
pub struct Recover {
    #[command(flatten)]
    ledger: OwnLedger,
    #[command(flatten)]
    confirm: Confirm,
    #[command(flatten)]
    output: Output,
}

impl Recover {
    pub fn run(self) -> Result<(), Failure> {
        let ledger = self.ledger.url();
        let LedgerUrl::Sqlite(path) = ledger else { return Err(Failure::Refused(NO_LOG.into())) };
        let refused = |reason| Failure::Refused(format!("{ledger}: {reason}"));
        let Some(recovery) = Recovery::find(path).map_err(refused)? else {
            let told = json!({"ledger": ledger.to_string(), "problem": null, "kept": 0, "lost": 0});
            return self.output.tell(&told, |_| format!("{ledger}: nothing to recover"));
        };
        let (problem, kept, lost) = (recovery.problem().to_string(), recovery.kept(), recovery.lost());
        let count = lost.map_or("an unknown number of".to_owned(), |lost| lost.to_string());
        self.confirm.ask(&format!(
            "{ledger}: {problem}.\n{kept} entries of the redo log can be used; {count} entries will be lost.\nCopy {}* first, if you may want \
             to look for them later.",
            path.display()
        ))?;
        recovery.accept().map_err(refused)?;
        let told = json!({"ledger": ledger.to_string(), "problem": problem, "kept": kept, "lost": lost});
        self.output.tell(&told, |_| format!("{ledger}: recovered; {kept} entries kept, {count} lost"))
    }
}

const NO_LOG: &str =
    "only an SQLite file has a redo log; PostgreSQL recovers by itself, and memory has nothing to recover";
