//! The redo log: saves that are on disk, but not yet in the ledger's own file.
//!
//! A save touches three pages of a large file at random places, and committing it there writes all three. So a batch is made
//! durable here first, as rows that lie side by side, and the ledger's file is committed for thousands of saves at once.
//! What a crash leaves in the log is saved again, in its order, when the ledger is opened.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::database::{Database, beside, explain};
use crate::domain::{E164, MemberId};
use crate::ledger::{ItemId, ProgramId, SavePhone};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS ledger (id TEXT NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS save (
        entry                INTEGER PRIMARY KEY,
        program_id           INTEGER NOT NULL,
        member_id            INTEGER NOT NULL,
        phone_number_type_id INTEGER NOT NULL,
        number               INTEGER NOT NULL,
        extension            TEXT,
        mobile_carrier_id    INTEGER,
        is_valid             INTEGER NOT NULL,
        may_be_shared        INTEGER NOT NULL
    ) STRICT;";

/// A file beside the ledger's, with a `-redo` behind its name.
#[derive(Debug)]
pub struct RedoLog {
    database: Database,
}

impl RedoLog {
    /// Opens or makes the log of the ledger at `path`. Entries of another ledger, whose file is gone, are dropped.
    ///
    /// # Errors
    /// The reason, in words a user can act on.
    pub fn open(path: &Path, ledger_id: &str) -> Result<Self, String> {
        let path = beside(path, "-redo");
        let open = || {
            let database = Database::plain_file(&path)?;
            let connection = database.connection();
            let prepared = connection.execute_batch(SCHEMA).and_then(|()| claim(connection, ledger_id));
            prepared.map_err(|error| explain(&error))?;
            Ok(Self { database })
        };
        open().map_err(|reason: String| format!("its redo log {}: {reason}", path.display()))
    }

    /// Makes saves durable, numbered from `entry` on.
    pub fn append<'s>(&self, entry: i64, saves: impl Iterator<Item = &'s SavePhone>) -> rusqlite::Result<()> {
        let connection = self.database.connection();
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let mut insert = connection.prepare_cached("INSERT INTO save VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)")?;
        for (entry, save) in (entry..).zip(saves) {
            insert.execute(params![
                entry,
                save.program.0,
                save.member.0,
                save.phone_number_type.0,
                save.number,
                save.extension,
                save.mobile_carrier.map(|carrier| carrier.0),
                save.is_valid,
                save.may_be_shared,
            ])?;
        }
        connection.prepare_cached("COMMIT")?.execute([]).map(drop)
    }

    /// The saves behind entry `merged`, in their order, and the last entry.
    pub fn read_after(&self, merged: i64) -> rusqlite::Result<(Vec<SavePhone>, i64)> {
        read_after(self.database.connection(), merged)
    }

    /// Drops all entries: they are in the ledger's file now.
    pub fn clear(&self) -> rusqlite::Result<()> {
        self.database.connection().prepare_cached("DELETE FROM save")?.execute([]).map(drop)
    }

    /// Ends what was begun and failed, on a new connection where the old one may be broken.
    pub fn recover(&mut self) -> rusqlite::Result<()> {
        self.database.recover()
    }
}

/// The saves behind entry `merged` in the log that a connection leads to, in their order, and the last entry.
pub fn read_after(log: &Connection, merged: i64) -> rusqlite::Result<(Vec<SavePhone>, i64)> {
    let mut last = merged;
    let mut statement = log.prepare_cached("SELECT * FROM save WHERE entry > ?1 ORDER BY entry")?;
    let saves = statement.query_map([merged], |row| {
        last = row.get(0)?;
        read_save(row)
    })?;
    let saves = saves.collect::<rusqlite::Result<_>>()?;
    Ok((saves, last))
}

/// Makes the log this ledger's.
fn claim(connection: &Connection, ledger_id: &str) -> rusqlite::Result<()> {
    let owner: Option<String> = connection.query_row("SELECT id FROM ledger", [], |row| row.get(0)).optional()?;
    if owner.as_deref() == Some(ledger_id) {
        return Ok(());
    }
    if owner.is_some() {
        tracing::warn!("the redo log belongs to a ledger that is gone; its entries are dropped");
    }
    let transaction = connection.unchecked_transaction()?;
    transaction.execute_batch("DELETE FROM save; DELETE FROM ledger")?;
    transaction.execute("INSERT INTO ledger VALUES (?1)", [ledger_id])?;
    transaction.commit()
}

fn read_save(row: &Row<'_>) -> rusqlite::Result<SavePhone> {
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
