//! What the writer writes to: the ledger's file, and the redo log that runs ahead of it.

use std::sync::Arc;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::change_error::ChangeError;
use super::database::{Database, explain};
use super::files::Files;
use super::last_failure::LastFailure;
use super::ledger_file::LedgerFile;
use super::redo::tail::{Found, LedgerRow, TailError};
use super::redo::{self, RedoLog};
use super::run;
use crate::ledger::{Directory, Write, Written};

/// After so many writes the ledger's file is committed. More would save more writing, and take longer when it happens;
/// measured with `scripts/bench`.
const CHECKPOINT_AFTER: usize = 8192;

/// A ledger that can be written.
///
/// Writes run in one long transaction on the ledger's file, where its unique index decides who holds a number. That
/// transaction is committed now and then (a checkpoint); what it holds so far is in the redo log, on disk, before anybody is told.
///
/// After any failure nobody knows what is on disk: a commit that failed may still be found there after a crash. So nothing is
/// written any more until [`recover`](Self::recover) has succeeded, which settles it.
#[derive(Debug)]
pub struct Store {
    ledger: Database,
    /// `None` for a ledger in memory: there is no disk to spare.
    files: Option<Files>,
    /// What is in the ledger's file. A write that was derived from another version of its program isn't run.
    directory: Arc<Directory>,
    /// The last entry of the redo log.
    last_entry: i64,
    /// How many writes the open transaction holds.
    uncheckpointed: usize,
    /// Whether the open transaction may hold too little or too much.
    needs_recovery: bool,
    failure: Arc<LastFailure>,
}

impl Store {
    /// Opens a ledger that has no redo log: in memory, or for reading only.
    pub fn without_log(ledger: Database) -> Self {
        let (last_entry, uncheckpointed) = (0, 0);
        let failure = Arc::default();
        Self {
            ledger,
            files: None,
            directory: Arc::default(),
            last_entry,
            uncheckpointed,
            needs_recovery: false,
            failure,
        }
    }

    /// Opens the ledger in the file, or makes one there, and goes on where the last process left off.
    ///
    /// # Errors
    /// The reason, in words a user can act on: among others, if what was answered with 0 can't be shown to be here.
    pub fn in_file(file: LedgerFile) -> Result<Self, String> {
        let file = Arc::new(file);
        let path = file.path();
        if file.is_new()
            && let Some(entries) = redo::remove_orphan(path).map_err(|error| explain(&error))?
        {
            tracing::warn!(entries, "the ledger's file is gone; its redo log was dropped, and a new ledger begins");
        }
        let mut ledger = Database::in_file(file.clone())?;
        let found = Found::beside(path);
        let row = LedgerRow::read(ledger.connection()).map_err(|error| explain(&error))?;
        if let Some(error) = row.and_then(|row| found.examine(&row).error) {
            return Err(error.advise(path));
        }
        ledger.prepare()?;
        let ledger_id = ledger.connection().query_row("SELECT id FROM ledger", [], |row| row.get(0));
        let ledger_id = ledger_id.map_err(|error| explain(&error))?;
        let open = file.open_files().map_err(|error| format!("the file's lock: {error}"))?;
        let files = Files::new(file.clone(), ledger_id, open);
        let mut store = Self { files: Some(files), needs_recovery: true, ..Self::without_log(ledger) };
        let opened = store.recover().and_then(|()| store.ledger.mark_open()).and_then(|()| store.remember_ledger());
        match opened {
            Ok(()) => {
                file.tighten();
                Ok(store)
            }
            Err(error) => Err(TailError::of(&error).map_or_else(|| explain(&error), |error| error.advise(path))),
        }
    }

    fn remember_ledger(&mut self) -> rusqlite::Result<()> {
        self.files.as_mut().map_or(Ok(()), Files::remember_ledger)
    }

    /// The directory that writes are held against.
    pub fn directory(&self) -> &Arc<Directory> {
        &self.directory
    }

    /// To be told what is in the ledger's file, when that has changed, before anybody else is.
    pub fn set_directory(&mut self, directory: Arc<Directory>) {
        self.directory = directory;
    }

    /// Whether the last thing that was tried failed.
    pub fn has_failed(&self) -> bool {
        self.needs_recovery
    }

    /// Where others see why. A failure is there before anybody is told of what failed.
    pub fn failure(&self) -> Arc<LastFailure> {
        self.failure.clone()
    }

    /// Runs all commands. What this gives back is on disk.
    ///
    /// # Errors
    /// Failures of the database: then nobody can tell whether a restart would find them done, and until the next success none is.
    pub fn write_all(&mut self, commands: &[&Write]) -> rusqlite::Result<Vec<Written>> {
        self.recover_if_needed()?;
        self.guard(|store| {
            let connection = store.ledger.connection();
            if connection.is_autocommit() {
                connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
            }
            let outcomes = commands.iter().map(|command| run::if_current(connection, &store.directory, command));
            let outcomes = outcomes.collect::<rusqlite::Result<Vec<_>>>()?;
            let done = commands.iter().zip(&outcomes).filter(|(_, outcome)| **outcome == Written::Done);
            let count = done.clone().count();
            match store.redo() {
                Some(redo) if count > 0 => redo.append(store.last_entry + 1, done.map(|(command, _)| *command))?,
                Some(_) => {}
                None => connection.prepare_cached("COMMIT")?.execute([]).map(drop)?,
            }
            if count > 0 {
                store.uncheckpointed += count;
                store.flushed(store.last_entry + i64::try_from(count).unwrap_or(i64::MAX));
            }
            store.commit_if_changed()?;
            Ok(outcomes)
        })
    }

    /// Whether enough has been written to make a checkpoint worthwhile.
    pub fn is_checkpoint_due(&self) -> bool {
        self.uncheckpointed >= CHECKPOINT_AFTER
    }

    /// Whether there is anything that isn't in the ledger's file.
    pub fn has_uncheckpointed(&self) -> bool {
        !self.ledger.connection().is_autocommit()
    }

    /// Commits the ledger's file and empties the redo log.
    pub fn checkpoint(&mut self) -> rusqlite::Result<()> {
        self.recover_if_needed()?;
        if !self.has_uncheckpointed() {
            return Ok(());
        }
        self.guard(|store| {
            run::set_checkpointed(store.ledger.connection(), store.last_entry)?;
            store.ledger.connection().prepare_cached("COMMIT")?.execute([])?;
            store.uncheckpointed = 0;
            store.redo().map_or(Ok(()), |redo| redo.clear(store.last_entry))
        })
    }

    /// The ledger's connection with everything in it, be it inside the open transaction.
    pub fn connection(&mut self) -> rusqlite::Result<&Connection> {
        self.recover_if_needed()?;
        Ok(self.ledger.connection())
    }

    /// The ledger's file with everything in it, outside of any transaction.
    pub fn checkpointed(&mut self) -> rusqlite::Result<&Connection> {
        self.checkpoint()?;
        Ok(self.ledger.connection())
    }

    /// Makes a change that isn't in the redo log, as a transaction of its own in the ledger's file. It counts as an entry, so that
    /// its loss is noticed as that of any other.
    ///
    /// # Errors
    /// Then nothing has changed, or nobody can tell.
    pub fn write_transaction<T>(
        &mut self,
        work: impl FnOnce(&Connection) -> Result<T, ChangeError>,
    ) -> Result<T, ChangeError> {
        self.checkpoint()?;
        let entry = self.last_entry + 1;
        self.guard(|store| {
            let transaction = Transaction::new_unchecked(store.ledger.connection(), TransactionBehavior::Immediate)?;
            match work(&transaction) {
                Ok(outcome) => {
                    run::set_checkpointed(&transaction, entry)?;
                    transaction.commit()?;
                    store.flushed(entry);
                    store.commit_if_changed()?;
                    Ok(Ok(outcome))
                }
                Err(ChangeError::Failed(error)) => Err(error),
                Err(refusal) => transaction.rollback().map(|()| Err(refusal)),
            }
        })?
    }

    /// Another connection to the same ledger, for reading only. In a file it sees what is checkpointed.
    pub fn another_reader(&self) -> rusqlite::Result<Database> {
        self.ledger.another()
    }

    /// Whether there are files that others can remove or replace.
    pub fn has_files(&self) -> bool {
        self.files.is_some()
    }

    /// Fails if one of its files was removed or replaced: what is written then isn't found by a restart.
    pub fn check_unchanged(&mut self) -> rusqlite::Result<()> {
        self.guard(|store| store.files.as_ref().map_or(Ok(()), Files::check_unchanged))
    }

    /// The same, when the open transaction is sound. What was answered before it is in there; the ledger's file may still be the
    /// right one.
    fn commit_if_changed(&mut self) -> rusqlite::Result<()> {
        let changed = self.check_unchanged();
        if changed.is_err() && self.has_uncheckpointed() {
            run::set_checkpointed(self.ledger.connection(), self.last_entry)?;
            self.ledger.connection().execute_batch("COMMIT")?;
        }
        changed
    }

    /// Puts everything into the ledger's file, and says there that no log is owed. Files that aren't its own are left alone.
    pub fn close(mut self) -> rusqlite::Result<()> {
        self.checkpoint()?;
        self.check_unchanged()?;
        let Some(files) = self.files.take() else { return Ok(()) };
        self.ledger.mark_closed()?;
        self.ledger.tidy_on_close()?;
        drop(self.ledger);
        files.remove_log()
    }

    /// Finds out what is on disk and makes it certain: drops the open transaction, runs what the redo log holds beyond the ledger's
    /// file, commits that file, and begins a new log.
    ///
    /// The commit writes even if there is nothing to run. Where an earlier commit failed, SQLite puts the new one in its place, so
    /// that no restart finds the failed one; and a flush of bytes freshly written is the only proof that the disk takes them.
    ///
    /// # Errors
    /// Then it has to be tried again before anything else is written.
    pub fn recover(&mut self) -> rusqlite::Result<()> {
        // The files are opened again by their names.
        self.check_unchanged()?;
        self.guard(|store| {
            store.ledger.reconnect()?;
            store.uncheckpointed = 0;
            if let Some(files) = &mut store.files {
                store.last_entry = files.recover(store.ledger.connection())?;
            }
            store.needs_recovery = false;
            if store.failure.replace(None).is_some() {
                tracing::info!("the ledger can be written again");
            }
            Ok(())
        })
    }

    fn recover_if_needed(&mut self) -> rusqlite::Result<()> {
        if self.needs_recovery { self.recover() } else { Ok(()) }
    }

    /// Does some work, after whose failure nobody knows what is on disk.
    fn guard<T>(&mut self, work: impl FnOnce(&mut Self) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        work(self).inspect_err(|error| self.fail(error))
    }

    fn fail(&mut self, error: &rusqlite::Error) {
        self.needs_recovery = true;
        self.failure.replace(Some(explain(error)));
    }

    /// Notes that everything up to `entry` is on disk. If that can't be told, it is still there; but nothing follows it until it can.
    fn flushed(&mut self, entry: i64) {
        let told = self.redo().map_or(Ok(()), |redo| redo.tell_last_entry(entry));
        self.last_entry = entry;
        if let Err(error) = told {
            self.fail(&error);
        }
    }

    fn redo(&self) -> Option<&RedoLog> {
        self.files.as_ref()?.redo()
    }
}
