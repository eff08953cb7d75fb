//! Makes a ledger usable again whose redo log doesn't fit, at the price of what is lost.

use std::path::Path;
use std::sync::Arc;

use super::database::{Database, explain};
use super::ledger_file::LedgerFile;
use super::redo::tail::{Found, LedgerRow, TailError};
use super::{redo, run};

/// A ledger that can't be started because nobody can show that everything answered with 0 is in it. All of its redo log that can
/// still be used has been tried; nothing is changed before [`accept`](Self::accept).
#[derive(Debug)]
pub struct Recovery {
    ledger: Database,
    problem: TailError,
    kept: usize,
    lost: i64,
    checkpointed: i64,
    /// Keeps other processes out.
    file: Arc<LedgerFile>,
}

impl Recovery {
    /// Looks for what is wrong with the ledger at `path`; `None` if nothing is.
    ///
    /// # Errors
    /// The reason, in words a user can act on: it is in use, is no ledger, or is damaged itself.
    pub fn find(path: &Path) -> Result<Option<Self>, String> {
        if matches!(path.try_exists(), Ok(false)) {
            return Err("there is no such file; name the ledger's file".into());
        }
        let file = Arc::new(LedgerFile::open(path)?);
        let mut ledger = Database::in_file(file.clone())?;
        let found = Found::beside(file.path());
        let row = LedgerRow::read(ledger.connection()).map_err(|error| explain(&error))?;
        let row = row.ok_or("the file is no ledger; name another file")?;
        let examined = found.examine(&row);
        ledger.prepare()?;
        let begin = ledger.connection().execute_batch("BEGIN IMMEDIATE");
        let applied = begin.and_then(|()| run::again(ledger.connection(), &examined.tail.commands));
        let kept = applied.map_err(|error| explain(&error))?;
        let entries = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let left = entries(examined.tail.commands.len() - kept);
        let checkpointed = row.checkpointed + entries(kept);
        let problem = match examined.error {
            Some(error) => error,
            None if left > 0 => TailError::NotApplicable(checkpointed + 1),
            None => return Ok(None),
        };
        Ok(Some(Self { ledger, problem, kept, lost: examined.lost + left, checkpointed, file }))
    }

    /// What is wrong.
    pub fn problem(&self) -> &TailError {
        &self.problem
    }

    /// How many entries of the redo log can be used.
    pub fn kept(&self) -> usize {
        self.kept
    }

    /// How many entries would be lost; `None` if that can't be counted.
    pub fn lost(&self) -> Option<u64> {
        u64::try_from(self.lost).ok().filter(|lost| *lost > 0)
    }

    /// Goes on with what can be used, and removes the redo log.
    ///
    /// # Errors
    /// The reason; then it can be tried again.
    pub fn accept(self) -> Result<(), String> {
        let connection = self.ledger.connection();
        let committed = run::set_checkpointed(connection, self.checkpointed)
            .and_then(|()| self.ledger.mark_closed())
            .and_then(|()| connection.execute_batch("COMMIT"))
            .and_then(|()| self.ledger.tidy_on_close());
        drop(self.ledger);
        committed.and_then(|()| redo::remove_all(self.file.path())).map_err(|error| explain(&error))
    }
}
