//! Copies a ledger while a server uses it.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::output::Output;
use super::own_ledger::OwnLedger;
use super::progress::Progress;
use crate::ledger::{LedgerUrl, back_up};

/// A copy to be made of an SQLite ledger, which a server may have open.
#[derive(Debug, Args)]
pub struct Backup {
    /// The copy, which must not be there yet; a ledger like its original
    file: PathBuf,
    #[command(flatten)]
    ledger: OwnLedger,
    #[command(flatten)]
    output: Output,
}

impl Backup {
    pub fn run(self) -> Result<(), Failure> {
        let ledger = self.ledger.url();
        let path = match ledger {
            LedgerUrl::Sqlite(path) => path,
            LedgerUrl::Memory => return Err(Failure::Refused(IN_MEMORY.into())),
            LedgerUrl::Postgres(_) => return Err(Failure::Refused(IN_POSTGRES.into())),
        };
        let progress = Progress::of_pages();
        let backed_up = back_up(path, &self.file, |done, of| progress.reach(done, of));
        progress.end();
        let backed_up = backed_up.map_err(|reason| Failure::Refused(format!("{ledger}: {reason}")))?;
        let told = json!({
            "file": self.file,
            "members": backed_up.members,
            "phones": backed_up.phones,
            "bytes": backed_up.bytes,
        });
        self.output.tell(&told, |told| {
            let file = self.file.display();
            format!("{file}: {} members, {} phones, {} bytes", told["members"], told["phones"], told["bytes"])
        })
    }
}

const IN_MEMORY: &str = "a ledger in memory has no file to copy; ask its server with sync-asmx export";
const IN_POSTGRES: &str =
    "PostgreSQL has backups of its own: pg_dump, or a base backup with its write-ahead log; see docs/operations.md";
