//! What the writer writes to: the ledger's file, and the redo log that runs ahead of it.

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::database::{Database, Lock};
use super::redo::RedoLog;
use super::refusal::Stop;
use super::save_phone::save_phone;
use crate::ledger::{PhoneSaved, SavePhone};

/// After so many saves the ledger's file is committed. More would save more writing, and take longer when it happens;
/// measured with `scripts/bench`.
const MERGE_AFTER: usize = 8192;

/// A ledger that can be written.
///
/// Saves run in one long transaction on the ledger's file, where its unique index decides who holds a number. That
/// transaction is committed now and then; what it holds so far is in the redo log, on disk, before anybody is told.
#[derive(Debug)]
pub struct Store {
    ledger: Database,
    /// A ledger in memory has none: there is no disk to spare.
    redo: Option<RedoLog>,
    /// Keeps other processes from the redo log, for as long as the store is open.
    _lock: Option<Lock>,
    /// The version of the directory. A save that was derived from another one isn't run.
    version: u64,
    /// The last entry of the redo log.
    last_entry: i64,
    /// How many saves the open transaction holds.
    unmerged: usize,
    /// Whether something failed, so that the open transaction may hold too little or too much.
    is_in_doubt: bool,
}

impl Store {
    /// Takes up where the last process left off.
    pub fn open(ledger: Database, redo: Option<RedoLog>, lock: Option<Lock>) -> rusqlite::Result<Self> {
        let mut store = Self { ledger, redo, _lock: lock, version: 1, last_entry: 0, unmerged: 0, is_in_doubt: true };
        store.replay()?;
        Ok(store)
    }

    /// The version of the directory.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// To be told when the directory in the ledger's file has changed, before anybody else is.
    pub fn set_version(&mut self, version: u64) {
        self.version = version;
    }

    /// Runs all saves. What this gives back is on disk.
    ///
    /// # Errors
    /// Failures of the database: then none of the saves is stored.
    pub fn save_all(&mut self, saves: &[&SavePhone]) -> rusqlite::Result<Vec<PhoneSaved>> {
        self.make_sound()?;
        self.is_in_doubt = true;
        let connection = self.ledger.connection();
        if connection.is_autocommit() {
            connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        }
        let outcomes = saves.iter().map(|save| save_if_current(connection, self.version, save));
        let outcomes = outcomes.collect::<rusqlite::Result<Vec<_>>>()?;
        let stored = saves.iter().zip(&outcomes).filter(|(_, outcome)| **outcome == PhoneSaved::Saved);
        let count = stored.clone().count();
        match &self.redo {
            Some(redo) if count > 0 => redo.append(self.last_entry + 1, stored.map(|(save, _)| *save))?,
            Some(_) => {}
            None => connection.prepare_cached("COMMIT")?.execute([]).map(drop)?,
        }
        self.last_entry += i64::try_from(count).unwrap_or(i64::MAX);
        self.unmerged += count;
        self.is_in_doubt = false;
        Ok(outcomes)
    }

    /// Whether enough has been saved to make a merge worthwhile.
    pub fn is_merge_due(&self) -> bool {
        self.unmerged >= MERGE_AFTER
    }

    /// Whether there is anything that isn't in the ledger's file.
    pub fn has_unmerged(&self) -> bool {
        !self.ledger.connection().is_autocommit()
    }

    /// Commits the ledger's file and empties the redo log.
    pub fn merge(&mut self) -> rusqlite::Result<()> {
        self.make_sound()?;
        if self.has_unmerged() {
            self.is_in_doubt = true;
            self.commit()?;
            self.is_in_doubt = false;
        }
        Ok(())
    }

    /// The ledger's connection with everything in it, be it inside the open transaction.
    pub fn sound(&mut self) -> rusqlite::Result<&Connection> {
        self.make_sound()?;
        Ok(self.ledger.connection())
    }

    /// The ledger's file with everything in it, outside of any transaction.
    pub fn settled(&mut self) -> rusqlite::Result<&Connection> {
        self.merge()?;
        Ok(self.ledger.connection())
    }

    /// Makes a change that isn't a save, as a transaction of its own in the ledger's file.
    ///
    /// # Errors
    /// Then nothing has changed.
    pub fn alter<T>(&mut self, work: impl FnOnce(&Connection) -> Result<T, Stop>) -> Result<T, Stop> {
        self.merge()?;
        self.is_in_doubt = true;
        let transaction = Transaction::new_unchecked(self.ledger.connection(), TransactionBehavior::Immediate)?;
        let outcome = work(&transaction);
        match &outcome {
            Ok(_) => transaction.commit()?,
            Err(Stop::Refused(_) | Stop::CutShort) => transaction.rollback()?,
            // Stays in doubt: the connection may be broken.
            Err(Stop::Failed(_)) => return outcome,
        }
        self.is_in_doubt = false;
        outcome
    }

    /// Notes in the same transaction how far the redo log is merged, so that no entry is ever run twice.
    fn commit(&mut self) -> rusqlite::Result<()> {
        let connection = self.ledger.connection();
        connection.prepare_cached("UPDATE ledger SET merged_entry = ?1")?.execute(params![self.last_entry])?;
        connection.prepare_cached("COMMIT")?.execute([])?;
        self.unmerged = 0;
        self.redo.as_ref().map_or(Ok(()), RedoLog::clear)
    }

    /// After a failure: drops the open transaction and remakes it.
    fn make_sound(&mut self) -> rusqlite::Result<()> {
        if !self.is_in_doubt {
            return Ok(());
        }
        self.ledger.recover()?;
        self.redo.as_mut().map_or(Ok(()), RedoLog::recover)?;
        self.replay()
    }

    /// Runs what the redo log holds beyond the ledger's file.
    fn replay(&mut self) -> rusqlite::Result<()> {
        if let Some(redo) = &self.redo {
            let connection = self.ledger.connection();
            let merged = connection.query_row("SELECT merged_entry FROM ledger", [], |row| row.get(0))?;
            let (saves, last_entry) = redo.read_after(merged)?;
            self.last_entry = last_entry;
            if !saves.is_empty() {
                connection.execute_batch("BEGIN IMMEDIATE")?;
                for save in &saves {
                    if save_phone(connection, save)? != PhoneSaved::Saved {
                        tracing::error!("an entry of the redo log could not be saved again; it was dropped");
                    }
                }
                self.commit()?;
            }
        }
        self.is_in_doubt = false;
        Ok(())
    }
}

/// What a save was derived from may be gone; then it may not be run.
fn save_if_current(connection: &Connection, version: u64, save: &SavePhone) -> rusqlite::Result<PhoneSaved> {
    match save.version == version {
        true => save_phone(connection, save),
        false => Ok(PhoneSaved::Outdated),
    }
}
