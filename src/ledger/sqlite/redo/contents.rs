//! Reads a redo log as it lies beside a ledger, whoever wrote it: this version, or an older one with a row for each save.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension, Row as SqlRow};

use super::batch::{Batch, Row, RowError};
use crate::domain::{E164, MemberId};
use crate::ledger::sqlite::database::{LOCK_PATIENCE, explain};
use crate::ledger::{ItemId, ProgramId, SavePhone, Write};

/// What a redo log holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    pub ledger_id: String,
    /// Entries up to this one left the log, because they are in the ledger's file. 0 in the format of an older version.
    pub cleared: i64,
    /// By their entries, up to the first that can't be read.
    pub batches: Vec<Batch>,
    /// How many entries there are, those that can't be read included.
    pub entries: i64,
    /// Why the next batch can't be read.
    pub unreadable: Option<RowError>,
}

/// Reads the log in the file at `log`; `None` if it is nobody's yet. Changes nothing in it.
///
/// # Errors
/// The reason, in words a user can act on.
pub fn read(log: &Path) -> Result<Option<Contents>, String> {
    if matches!(log.try_exists(), Ok(false)) {
        return Ok(None);
    }
    let read = || read_at_one_moment(&open(log)?);
    read().map_err(|error| explain(&error))
}

fn open(log: &Path) -> rusqlite::Result<Connection> {
    // Not opened for reading only: SQLite wants to write down who reads.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(log, flags)?;
    connection.busy_timeout(LOCK_PATIENCE)?;
    connection.pragma_update(None, "query_only", true)?;
    // What is damaged stays as it is, for whoever can repair it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    Ok(connection)
}

fn read_at_one_moment(connection: &Connection) -> rusqlite::Result<Option<Contents>> {
    let transaction = connection.unchecked_transaction()?;
    if transaction.table_exists(None, "batch")? {
        return read_batches(&transaction);
    }
    if transaction.table_exists(None, "save")? && transaction.table_exists(None, "ledger")? {
        return read_saves(&transaction);
    }
    Ok(None)
}

fn read_batches(connection: &Connection) -> rusqlite::Result<Option<Contents>> {
    let owner = connection.query_row("SELECT ledger_id, cleared_entry FROM owner", [], |row| {
        Ok(Contents { ledger_id: row.get(0)?, cleared: row.get(1)?, batches: Vec::new(), entries: 0, unreadable: None })
    });
    let Some(mut contents) = owner.optional()? else { return Ok(None) };
    let sql = "SELECT first_entry, count, format, checksum, commands FROM batch ORDER BY first_entry";
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let row = Row {
            first: row.get(0)?,
            count: row.get(1)?,
            format: row.get(2)?,
            checksum: row.get(3)?,
            commands: row.get(4)?,
        };
        contents.entries = contents.entries.saturating_add(row.count.max(1));
        if contents.unreadable.is_none() {
            match row.read(&contents.ledger_id) {
                Ok(batch) => contents.batches.push(batch),
                Err(error) => contents.unreadable = Some(error),
            }
        }
    }
    Ok(Some(contents))
}

/// The format of the versions whose ledgers have schema 4 or older.
fn read_saves(connection: &Connection) -> rusqlite::Result<Option<Contents>> {
    let owner = connection.query_row("SELECT id FROM ledger", [], |row| row.get(0)).optional()?;
    let Some(ledger_id) = owner else { return Ok(None) };
    let mut statement = connection.prepare("SELECT * FROM save ORDER BY entry")?;
    let saves = statement
        .query_map([], |row| Ok(Batch { first: row.get(0)?, commands: vec![Write::SavePhone(read_save(row)?)] }))?;
    let batches: Vec<_> = saves.collect::<rusqlite::Result<_>>()?;
    let entries = i64::try_from(batches.len()).unwrap_or(i64::MAX);
    Ok(Some(Contents { ledger_id, cleared: 0, batches, entries, unreadable: None }))
}

fn read_save(row: &SqlRow<'_>) -> rusqlite::Result<SavePhone> {
    Ok(SavePhone {
        program: ProgramId(row.get(1)?),
        member: MemberId(row.get(2)?),
        phone_number_type: ItemId(row.get(3)?),
        number: row.get::<_, E164>(4)?,
        extension: row.get(5)?,
        mobile_carrier: row.get::<_, Option<u16>>(6)?.map(ItemId),
        is_valid: row.get(7)?,
        may_be_shared: row.get(8)?,
        version: 0,
    })
}
