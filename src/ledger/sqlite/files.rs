//! What lies beside the file of a ledger that is open: its redo log, and which files have to stay where they are.

use std::sync::Arc;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::identity::OpenFiles;
use super::ledger_file::LedgerFile;
use super::paths::beside;
use super::redo::tail::{Found, LedgerRow};
use super::redo::{self, RedoLog};
use super::run;

/// See the module.
#[derive(Debug)]
pub struct Files {
    ledger_id: String,
    /// `None` while it is being replaced.
    redo: Option<RedoLog>,
    /// What may not be removed or replaced by others.
    open: OpenFiles,
    /// Keeps other processes from the redo log, for as long as the store is open.
    file: Arc<LedgerFile>,
}

/// What SQLite keeps beside the ledger's file.
const OF_LEDGER: &[&str] = &["-wal", "-shm"];
/// The redo log, and what is kept beside that.
const OF_LOG: &[&str] = &["-redo", "-redo-wal", "-redo-shm", "-redo-end"];

impl Files {
    pub fn new(file: Arc<LedgerFile>, ledger_id: String, open: OpenFiles) -> Self {
        Self { ledger_id, redo: None, open, file }
    }

    pub fn redo(&self) -> Option<&RedoLog> {
        self.redo.as_ref()
    }

    /// To be called when SQLite has the ledger's file open.
    pub fn remember_ledger(&mut self) -> rusqlite::Result<()> {
        self.remember(OF_LEDGER)
    }

    /// Removes the redo log, when the ledger's file holds everything, and is closed.
    pub fn remove_log(mut self) -> rusqlite::Result<()> {
        self.redo = None;
        redo::remove_all(self.file.path())
    }

    /// Fails if one of the files was removed or replaced.
    pub fn check_unchanged(&self) -> rusqlite::Result<()> {
        self.open.check_unchanged().map_err(|changed| rusqlite::Error::ToSqlConversionFailure(changed.into()))
    }

    /// From now on these files have to stay where they are.
    fn remember(&mut self, suffixes: &[&str]) -> rusqlite::Result<()> {
        for suffix in suffixes {
            let path = beside(self.file.path(), suffix);
            self.open.remember(path).map_err(|error| {
                let reason = format!("its file {suffix} can't be looked at: {error}");
                rusqlite::Error::ToSqlConversionFailure(reason.into())
            })?;
        }
        Ok(())
    }

    /// Runs what the log holds beyond the ledger's file, and begins a new log. Gives the number of the last entry.
    pub fn recover(&mut self, ledger: &Connection) -> rusqlite::Result<i64> {
        let found = Found::beside(self.file.path());
        let row = LedgerRow::read(ledger)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let examined = found.examine(&row);
        if let Some(error) = examined.error {
            return Err(error.into());
        }
        let tail = examined.tail;
        let transaction = Transaction::new_unchecked(ledger, TransactionBehavior::Immediate)?;
        run::add_tail(&transaction, &tail)?;
        transaction.execute("UPDATE ledger SET recoveries = recoveries + 1", [])?;
        transaction.commit()?;
        if !tail.commands.is_empty() {
            tracing::info!(entries = tail.commands.len(), "what the redo log held is in the ledger's file now");
        }
        self.redo = None;
        for suffix in OF_LOG {
            self.open.forget(&beside(self.file.path(), suffix));
        }
        self.redo = Some(RedoLog::begin(self.file.path(), &self.ledger_id, tail.last_entry)?);
        self.remember(OF_LOG)?;
        Ok(tail.last_entry)
    }
}
