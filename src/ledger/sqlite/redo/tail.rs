//! Which entries of the redo log the ledger's file lacks, and whether they are all there.
//!
//! Three files know something: the ledger's row (its id, up to where it holds the log, and whether it is *open*), the log (whose
//! it is, what it was cleared of, its batches), and the file with the last flushed entry. Whatever doesn't fit together
//! means that something that was answered with 0 may be missing.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension};
use thiserror::Error;

use super::batch::{Batch, RowError};
use super::contents::{self, Contents};
use super::{last_entry, path};
use crate::ledger::Write;

/// What the ledger's own row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    pub id: String,
    /// The last entry that the ledger's file holds.
    pub checkpointed: i64,
    /// Whether the ledger was left without a clean stop, so that its log is owed.
    pub is_open: bool,
}

impl LedgerRow {
    /// Reads the row, of older schemas too; `None` if this is no ledger yet.
    pub fn read(connection: &Connection) -> rusqlite::Result<Option<Self>> {
        if !connection.table_exists(None, "ledger")? {
            return Ok(None);
        }
        let state = if connection.column_exists(None, "ledger", "log_state")? { "log_state" } else { "'closed'" };
        let sql = format!("SELECT id, merged_entry, {state} = 'open' FROM ledger");
        let row = connection
            .query_row(&sql, [], |row| Ok(Self { id: row.get(0)?, checkpointed: row.get(1)?, is_open: row.get(2)? }));
        row.optional()
    }
}

/// The entries behind the ledger's file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tail {
    pub commands: Vec<Write>,
    /// The number of the last entry.
    pub last_entry: i64,
}

/// Why the log can't be what was answered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TailError {
    #[error("it was not stopped cleanly, and its redo log is missing")]
    Missing,
    #[error("its redo log is another ledger's, and holds {0} entries")]
    OfAnotherLedger(i64),
    #[error("its redo log can't be read: {0}")]
    Unreadable(String),
    #[error("its redo log was written by a newer version of sync-asmx (format {0}); use that version")]
    NewerFormat(i64),
    #[error("entry {0} of its redo log is damaged")]
    Damaged(i64),
    #[error(
        "its redo log goes on with entry {found} where entry {expected} is due; the ledger's file is older, or entries are missing"
    )]
    Gap { expected: i64, found: i64 },
    #[error(
        "the ledger and its redo log end with entry {end}, but entry {flushed} was written; a part of them is missing or damaged"
    )]
    Short { end: i64, flushed: i64 },
    #[error(
        "the file that tells the last entry of its redo log is missing or damaged, so nobody can tell whether the log is whole"
    )]
    NoLastEntry,
    #[error("entry {0} of its redo log can't be applied to the ledger's file")]
    NotApplicable(i64),
}

impl TailError {
    /// With what to do about it.
    pub fn advise(&self, ledger: &Path) -> String {
        let ledger = ledger.display();
        format!(
            "{self}. Put its files back as they were ({ledger}, {ledger}-wal, {ledger}-redo*), or run `sync-asmx recover --ledger sqlite:{ledger}`, which \
             shows what would be lost, and asks"
        )
    }

    /// The one behind an error of the store.
    pub fn of(error: &rusqlite::Error) -> Option<&Self> {
        match error {
            rusqlite::Error::ToSqlConversionFailure(cause) => cause.downcast_ref(),
            _ => None,
        }
    }
}

impl From<TailError> for rusqlite::Error {
    fn from(error: TailError) -> Self {
        Self::ToSqlConversionFailure(error.into())
    }
}

/// What became of looking at the log: what can be used of it, and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Examined {
    pub tail: Tail,
    pub error: Option<TailError>,
    /// How many entries are known to be lost, if the tail is used in spite of the error; 0 if that can't be counted.
    pub lost: i64,
}

/// What lies beside a ledger's file.
#[derive(Debug)]
pub struct Found {
    flushed: Option<(String, i64)>,
    contents: Result<Option<Contents>, String>,
}

impl Found {
    /// Looks beside the ledger at `ledger`, and changes nothing. While a server uses the ledger, its row has to be read later than
    /// this: an entry leaves the log only when the ledger's file holds it.
    pub fn beside(ledger: &Path) -> Self {
        // In the order opposite to that in which the server writes them.
        let flushed = last_entry::read(ledger);
        Self { flushed, contents: contents::read(&path(ledger)) }
    }

    /// What of it the ledger with this row lacks.
    pub fn examine(self, row: &LedgerRow) -> Examined {
        let flushed = self.flushed.filter(|(id, _)| *id == row.id).map(|(_, entry)| entry);
        match self.contents {
            Ok(contents) => judge(row, contents, flushed),
            Err(reason) => {
                let tail = Tail { commands: Vec::new(), last_entry: row.checkpointed };
                let lost = flushed.map_or(0, |flushed| (flushed - row.checkpointed).max(0));
                Examined { tail, error: Some(TailError::Unreadable(reason)), lost }
            }
        }
    }
}

fn judge(row: &LedgerRow, contents: Option<Contents>, flushed: Option<i64>) -> Examined {
    let mut tail = Tail { commands: Vec::new(), last_entry: row.checkpointed };
    let (own, foreign) = match contents {
        Some(contents) if contents.ledger_id == row.id => (Some(contents), 0),
        Some(contents) => (None, contents.entries),
        None => (None, 0),
    };
    let is_missing = own.is_none() && row.is_open;
    let (cleared, entries) = own.as_ref().map_or((0, 0), |own| (own.cleared, own.entries));
    let (held, error) = own.map_or((0, None), |own| take(own, &mut tail));
    let end = tail.last_entry;
    let error = match error {
        _ if foreign > 0 => Some(TailError::OfAnotherLedger(foreign)),
        _ if is_missing => Some(TailError::Missing),
        Some(error) => Some(error),
        None if cleared > end => Some(TailError::Short { end, flushed: cleared }),
        None => match flushed {
            Some(flushed) if flushed > end => Some(TailError::Short { end, flushed }),
            None if row.is_open => Some(TailError::NoLastEntry),
            _ => None,
        },
    };
    let lost = foreign.max(entries - held).max(flushed.unwrap_or(0).max(cleared) - end);
    Examined { tail, lost: if error.is_some() { lost } else { 0 }, error }
}

/// Moves the batches that follow the tail one by one into it. Tells how many entries of the log the ledger has, with these.
fn take(contents: Contents, tail: &mut Tail) -> (i64, Option<TailError>) {
    let mut held = 0;
    for Batch { first, commands } in contents.batches {
        let count = i64::try_from(commands.len()).unwrap_or(i64::MAX);
        let last = first.saturating_add(count - 1);
        if last > tail.last_entry {
            let expected = tail.last_entry + 1;
            if first != expected {
                return (held, Some(TailError::Gap { expected, found: first }));
            }
            tail.commands.extend(commands);
            tail.last_entry = last;
        }
        held += count;
    }
    let error = contents.unreadable.map(|error| match error {
        RowError::UnknownFormat(format) => TailError::NewerFormat(format),
        RowError::Damaged => TailError::Damaged(tail.last_entry + 1),
    });
    (held, error)
}

#[cfg(test)]
mod tests;
