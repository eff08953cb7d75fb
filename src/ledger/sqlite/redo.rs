//! The redo log: writes that are on disk, but not yet in the ledger's own file.
//!
//! A save touches three pages of a large file at random places, and committing it there writes all three. So a batch is made
//! durable here first, as one row, and the ledger's file is committed for thousands of saves at once. What a crash leaves in the
//! log is run again, in its order, when the ledger is opened.
//!
//! The log is a file of SQLite beside the ledger's, with `-redo` behind its name; `-redo-end` tells how far it goes
//! ([`last_entry`]). [`tail::Found`] finds out what it holds beyond the ledger's file, and whether that is all.

pub mod batch;
mod contents;
mod last_entry;
pub mod tail;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, params};

use self::batch::Row;
use self::last_entry::LastEntryFile;
use super::database::connect;
use super::paths::{beside, make_file, sync_folder};
use crate::ledger::Write;

const SCHEMA: &str = "
    CREATE TABLE owner (ledger_id TEXT NOT NULL, cleared_entry INTEGER NOT NULL) STRICT;
    CREATE TABLE batch (
        first_entry INTEGER PRIMARY KEY,
        count       INTEGER NOT NULL,
        format      INTEGER NOT NULL,
        checksum    INTEGER NOT NULL,
        commands    BLOB NOT NULL
    ) STRICT;
    CREATE TABLE room (bytes BLOB NOT NULL) STRICT;";

/// So many bytes of room are taken when a log begins: a disk that is about to be full shows then, not at the next save.
const ROOM: i64 = 64 << 10;

/// The log of a ledger that is open.
#[derive(Debug)]
pub struct RedoLog {
    connection: Connection,
    last_entry: LastEntryFile,
    ledger_id: String,
}

impl RedoLog {
    /// Begins a new and empty log beside the ledger at `ledger`, in place of whatever is there. To be called only when the ledger's
    /// file holds all entries up to `entry`, flushed, and nobody has the old log open.
    ///
    /// A new file, rather than the old one emptied: after a flush that failed, Linux believes that the pages it couldn't write are
    /// written, so an old file proves nothing any more.
    ///
    /// # Errors
    /// Then the old log is still there, or the new one, and both tell the same.
    pub fn begin(ledger: &Path, ledger_id: &str, entry: i64) -> rusqlite::Result<Self> {
        let (log, draft) = (path(ledger), beside(ledger, "-redo-new"));
        write_empty(&draft, ledger_id, entry).inspect_err(|_| {
            // Its room may be what the disk lacks.
            let _ = remove(&draft);
        })?;
        for suffix in ["-wal", "-shm"] {
            remove(&beside(&log, suffix))?;
        }
        fs::rename(&draft, &log).map_err(failed)?;
        sync_folder(&log).map_err(failed)?;
        let connection = connect(&log)?;
        take_room(&connection)?;
        let last_entry = LastEntryFile::begin(ledger, ledger_id, entry).map_err(failed)?;
        Ok(Self { connection, last_entry, ledger_id: ledger_id.to_owned() })
    }

    /// Makes commands durable, as entries numbered from `first` on.
    pub fn append<'c>(&self, first: i64, commands: impl Iterator<Item = &'c Write>) -> rusqlite::Result<()> {
        let row = Row::write(&self.ledger_id, first, commands)
            .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        // One statement, so one transaction and one flush.
        let mut insert = self.connection.prepare_cached("INSERT INTO batch VALUES (?1, ?2, ?3, ?4, ?5)")?;
        insert.execute(params![row.first, row.count, row.format, row.checksum, row.commands]).map(drop)
    }

    /// To be called when `entry` is on disk, here or in the ledger's file.
    pub fn tell_last_entry(&self, entry: i64) -> rusqlite::Result<()> {
        self.last_entry.write(entry).map_err(failed)
    }

    /// Drops all entries, of which `entry` is the last: they are in the ledger's file now, flushed.
    pub fn clear(&self, entry: i64) -> rusqlite::Result<()> {
        let connection = &self.connection;
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        connection.prepare_cached("DELETE FROM batch")?.execute([])?;
        connection.prepare_cached("UPDATE owner SET cleared_entry = ?1")?.execute([entry])?;
        connection.prepare_cached("COMMIT")?.execute([]).map(drop)
    }
}

/// Where the log of the ledger at `ledger` is.
pub fn path(ledger: &Path) -> PathBuf {
    beside(ledger, "-redo")
}

/// Removes the log of a ledger whose file holds everything, flushed, or is gone.
pub fn remove_all(ledger: &Path) -> rusqlite::Result<()> {
    let log = path(ledger);
    for file in [last_entry::path(ledger), beside(&log, "-new"), beside(&log, "-wal"), beside(&log, "-shm")] {
        remove(&file)?;
    }
    remove(&log)?;
    sync_folder(&log).map_err(failed)
}

/// Removes the log of a ledger whose file is gone; tells how many entries were in it, if there was a log that can be read.
pub fn remove_orphan(ledger: &Path) -> rusqlite::Result<Option<i64>> {
    if matches!(path(ledger).try_exists(), Ok(false)) {
        return Ok(None);
    }
    let entries = contents::read(&path(ledger)).ok().flatten().map(|contents| contents.entries);
    remove_all(ledger)?;
    Ok(entries)
}

/// A file that is whole, without a write-ahead log, and on disk.
fn write_empty(draft: &Path, ledger_id: &str, entry: i64) -> rusqlite::Result<()> {
    remove(draft)?;
    remove(&beside(draft, "-journal"))?;
    make_file(draft).map_err(|reason| failed(io::Error::other(reason)))?;
    let connection = Connection::open(draft)?;
    let transaction = connection.unchecked_transaction()?;
    transaction.execute_batch(SCHEMA)?;
    transaction.execute("INSERT INTO owner VALUES (?1, ?2)", params![ledger_id, entry])?;
    transaction.commit()?;
    connection.close().map_err(|(_, error)| error)
}

/// Makes the write-ahead log so large that it needs no room for a while.
fn take_room(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("INSERT INTO room VALUES (zeroblob(?1))", [ROOM])?;
    connection.execute("DELETE FROM room", [])?;
    // The next batch is written at its beginning.
    connection.query_row("PRAGMA wal_checkpoint(RESTART)", [], |_| Ok(()))
}

fn remove(file: &Path) -> rusqlite::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
        _ => Ok(()),
    }
}

/// An error of the file system, as one of the store.
fn failed(error: io::Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}
