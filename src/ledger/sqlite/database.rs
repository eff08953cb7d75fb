//! One SQLite connection: how it is opened, and what its errors mean to a user.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::ledger_file::{LOCKED, LedgerFile};
use super::names;
use crate::ledger::migrations::{self, Applied};

/// How long a connection waits for another process that has locked the file.
pub const LOCK_PATIENCE: Duration = Duration::from_millis(500);

/// Copies everything in one step.
const ALL_PAGES: i32 = -1;

/// Up to this size (bytes) a file is checked from end to end when it is opened; that takes some milliseconds.
const CHECKED_WHOLE: u64 = 8 << 20;

/// A connection, and where it leads.
#[derive(Debug)]
pub struct Database {
    connection: Connection,
    reads_only: bool,
    /// `None` in memory. Closed after the connection.
    file: Option<Arc<LedgerFile>>,
}

impl Database {
    /// A ledger that is gone with the process.
    pub fn in_memory() -> rusqlite::Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        keep_plans(&connection)?;
        migrate(&mut connection)?;
        Ok(Self { connection, reads_only: false, file: None })
    }

    /// Brings the schema up to date, and shows that the file can be written.
    ///
    /// # Errors
    /// The reason, in words a user can act on.
    pub fn prepare(&mut self) -> Result<(), String> {
        match migrate(&mut self.connection).map_err(|error| explain(&error))? {
            true => prove_writable(&self.connection).map_err(|error| explain(&error)),
            false => Err(NEWER.into()),
        }
    }

    /// A ledger in a file, with the schema that it has.
    ///
    /// # Errors
    /// The reason, in words a user can act on.
    pub fn in_file(file: Arc<LedgerFile>) -> Result<Self, String> {
        let connection = connect(file.path()).map_err(|error| explain(&error))?;
        check(&connection, file.path())?;
        Ok(Self { connection, reads_only: false, file: Some(file) })
    }

    /// Another connection to the same ledger, for reading only: to its file, or to a copy of what is in memory.
    pub fn another(&self) -> rusqlite::Result<Self> {
        let Some(file) = &self.file else { return Self::copy_in_memory(&self.connection) };
        let connection = connect(file.path())?;
        connection.pragma_update(None, "query_only", true)?;
        Ok(Self { connection, reads_only: true, file: Some(file.clone()) })
    }

    /// A copy of all that a connection sees, gone with whoever has it.
    fn copy_in_memory(of: &Connection) -> rusqlite::Result<Self> {
        let mut connection = Connection::open_in_memory()?;
        Backup::new(of, &mut connection)?.step(ALL_PAGES)?;
        Ok(Self { connection, reads_only: true, file: None })
    }

    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Drops what was begun and not committed, on a new connection: the old one may be broken. A ledger in memory has
    /// nowhere to go.
    pub fn reconnect(&mut self) -> rusqlite::Result<()> {
        let Some(file) = &self.file else {
            return if self.connection.is_autocommit() { Ok(()) } else { self.connection.execute_batch("ROLLBACK") };
        };
        self.connection = connect(file.path())?;
        self.connection.pragma_update(None, "query_only", self.reads_only)
    }

    /// Says in the ledger's file that its redo log is owed from now on; in the file itself, so that it is known also if that is
    /// moved without its write-ahead log.
    pub fn mark_open(&self) -> rusqlite::Result<()> {
        self.connection.execute("UPDATE ledger SET log_state = 'open'", [])?;
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }

    /// Lets SQLite remove what it keeps beside the file when the last connection is closed. It doesn't otherwise: it would go by
    /// the name, and another file may be there by then.
    pub fn tidy_on_close(&self) -> rusqlite::Result<()> {
        self.connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map(drop)
    }

    /// Says that the ledger's file holds everything.
    pub fn mark_closed(&self) -> rusqlite::Result<()> {
        self.connection.execute("UPDATE ledger SET log_state = 'closed'", []).map(drop)
    }
}

pub fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(LOCK_PATIENCE)?;
    keep_plans(&connection)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "cache_size", -CACHE_KIB)?;
    connection.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    Ok(connection)
}

/// Lets statements keep the plan they were prepared with; otherwise SQLite plans anew for every value bound.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

/// The page cache of a connection, KiB.
const CACHE_KIB: i32 = 32 << 10;
/// How long the write-ahead log grows, in pages, before it is carried over into the file. Longer is faster, because a page
/// that changed often is carried over once; shorter is sooner ready after a crash.
const CHECKPOINT_PAGES: u32 = 16 << 10;

fn check(connection: &Connection, path: &Path) -> Result<(), String> {
    let is_small = fs::metadata(path).is_ok_and(|file| file.len() <= CHECKED_WHOLE);
    let pragma = if is_small { "PRAGMA integrity_check(1)" } else { "PRAGMA schema_version" };
    let verdict: Value = connection.query_row(pragma, [], |row| row.get(0)).map_err(|error| explain(&error))?;
    match verdict {
        Value::Text(text) if text != "ok" => {
            Err(format!("{DAMAGED} ({})", text.lines().next_back().unwrap_or_default()))
        }
        _ => Ok(()),
    }
}

/// Brings the schema up to date, as one transaction. `false` if it is newer than the program.
fn migrate(connection: &mut Connection) -> rusqlite::Result<bool> {
    let transaction = connection.transaction()?;
    transaction.execute_batch(migrations::MAKE_HISTORY)?;
    let applied = read_history(&transaction)?;
    let Some(steps) = migrations::missing(migrations::SQLITE, &applied) else { return Ok(false) };
    transaction.execute_batch(&steps)?;
    if migrations::takes(migrations::NAME_KEYS, &applied) {
        names::fill_in(&transaction)?;
    }
    transaction.commit()?;
    Ok(true)
}

fn read_history(connection: &Connection) -> rusqlite::Result<Vec<Applied>> {
    let mut statement = connection.prepare(migrations::READ_HISTORY)?;
    let rows = statement.query_map([], |row| row.try_into())?;
    rows.collect()
}

/// Writes something that changes nothing, so that a full or read-only disk shows at the start.
fn prove_writable(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch("BEGIN IMMEDIATE; PRAGMA user_version = 1; COMMIT")
}

const NEWER: &str = "it was written by a newer version of sync-asmx; use that version, or name another file";
const DAMAGED: &str = "the file is damaged or no ledger; restore it from a backup, or name another file";

/// What an SQLite error means, and what to do about it.
pub fn explain(error: &rusqlite::Error) -> String {
    let advice = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => LOCKED,
        Some(ErrorCode::DiskFull) => "the disk is full; make room",
        Some(ErrorCode::ReadOnly) => "the file or its folder is read-only; make both writable",
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            "the file can't be opened; check its path and permissions"
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => DAMAGED,
        Some(ErrorCode::SystemIoFailure) => "the disk failed; check it, and the room on it",
        _ => return error.to_string(),
    };
    format!("{advice} ({error})")
}
