//! The ledger in an SQLite file: one thread writes, in groups; another one reads.

mod backup;
mod baselines;
mod change;
mod change_error;
mod companions;
mod counts;
mod database;
mod directory;
mod draft;
mod files;
mod identity;
mod import_export;
mod items;
mod json;
mod ledger_file;
mod members;
mod numbers;
mod permissions;
mod programs;
mod recovery;
mod redo;
mod remove_phone;
mod run;
mod save_phone;
mod search;
mod settings;
mod states;
mod store;
mod tokens;
mod verifications;
mod worker;

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension};
use tokio::sync::mpsc::{Receiver, Sender};

pub use self::backup::{BackedUp, back_up};
use self::change_error::ChangeError;
use self::database::Database;
use self::json::{from_json, json};
use self::ledger_file::LedgerFile;
pub use self::recovery::Recovery;
pub use self::redo::tail::TailError;
use self::store::Store;
use self::worker::{Job, Worker};
use super::{
    Change, Changed, Directory, FoundProof, ItemId, Ledger, LedgerCounts, LedgerError, LedgerStats, LedgerUrl,
    MemberSearch, MemberState, OpenError, ProgramId, ProgramState, Queue, Revision, Seed, SeedChunk, State, StateChunk,
    VerificationState, Write, Written, replies,
};
use crate::domain::{E164, MemberId, Purpose, Verification, VerificationKey};

/// What is said when chunks end before their end.
const CUT_SHORT: &str = "what was to be put in is cut short; nothing has changed";

/// A ledger in one SQLite file, or in memory.
pub struct SqliteLedger {
    writer: Worker,
    /// A file is read through a connection of its own; memory, which has no flush to wait for, through the writer's.
    reader: Option<Worker>,
    /// What a tester asks for may take long, so it has another connection than what calls ask for.
    viewer: Option<Worker>,
    path: Option<PathBuf>,
    directory: Published,
}

/// The directory as callers see it. The writer's thread replaces it, so that it happens also when the one who asked for the
/// change has gone.
type Published = Arc<RwLock<Arc<Directory>>>;

impl SqliteLedger {
    /// Opens or makes the ledger, and proves that it can be written.
    ///
    /// # Errors
    /// [`OpenError`] with the reason in words a user can act on.
    pub fn open(url: &LedgerUrl, queue: Queue) -> Result<Self, OpenError> {
        let because = |reason| OpenError { url: url.clone(), reason };
        let failed = |error: rusqlite::Error| because(database::explain(&error));
        let (mut store, path) = match url {
            LedgerUrl::Postgres(_) => return Err(because("it isn't SQLite's".into())),
            LedgerUrl::Memory => (Store::without_log(Database::in_memory().map_err(failed)?), None),
            LedgerUrl::Sqlite(path) => {
                let file = LedgerFile::open(path).map_err(because)?;
                let path = file.path().to_owned();
                (Store::in_file(file).map_err(because)?, Some(path))
            }
        };
        let version = store.version();
        let directory =
            store.connection().and_then(|connection| directory::load(connection, version)).map_err(failed)?;
        let look = |name| {
            if path.is_none() {
                return Ok(None);
            }
            let store = Store::without_log(store.another_reader()?);
            Ok(Some(Worker::start(name, store, queue)))
        };
        let (reader, viewer) = (look("ledger-reader").map_err(failed)?, look("ledger-viewer").map_err(failed)?);
        Ok(Self {
            reader,
            viewer,
            writer: Worker::start("ledger-writer", store, queue),
            path,
            directory: Arc::new(RwLock::new(Arc::new(directory))),
        })
    }

    async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.reader.as_ref().unwrap_or(&self.writer).run(query).await
    }

    /// Runs a short query on the writer's connection, which has what isn't in the ledger's file yet.
    async fn query_on_writer<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.writer.run_on_store(move |store| store.connection().and_then(query)).await
    }

    /// Runs a query of a tester in one read transaction, so that what it sees belongs together. It sees all that was
    /// answered so far: the writer puts it into the file first, and goes on saving while the query runs.
    async fn query_snapshot<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let query = move |connection: &Connection| {
            let transaction = connection.unchecked_transaction()?;
            let found = query(&transaction)?;
            transaction.commit()?;
            Ok(found)
        };
        let Some(viewer) = &self.viewer else { return self.writer.run(query).await };
        self.writer.run(|_| Ok(())).await?;
        viewer.run(query).await
    }

    /// Makes a change on the writer's thread, if the directory still has that version. Whoever sees the new directory meets a
    /// writer that knows it: first the file changes, then the writer's version, then what callers see.
    async fn write_transaction(
        &self,
        version: Option<u64>,
        concerns_directory: bool,
        work: impl FnOnce(&Connection) -> Result<Changed, ChangeError> + Send + 'static,
    ) -> Result<Changed, LedgerError> {
        let published = self.directory.clone();
        let alter = move |store: &mut Store| {
            if version.is_some_and(|version| version != store.version()) {
                return Ok(Ok(Changed::Outdated));
            }
            let next = store.version() + 1;
            let altered = store.write_transaction(|connection| {
                let changed = work(connection)?;
                // Inside the transaction: what can't be read again isn't changed.
                let fresh = concerns_directory.then(|| directory::load(connection, next)).transpose()?;
                Ok((changed, fresh))
            });
            match altered {
                Ok((changed, fresh)) => {
                    if let Some(fresh) = fresh {
                        store.set_version(next);
                        let previous = published.read().unwrap_or_else(PoisonError::into_inner).clone();
                        let fresh = Arc::new(fresh.following(&previous));
                        *published.write().unwrap_or_else(PoisonError::into_inner) = fresh;
                    }
                    Ok(Ok(changed))
                }
                Err(ChangeError::Refused(refusal)) => Ok(Ok(refusal)),
                Err(ChangeError::CutShort) => Ok(Err(LedgerError::Unavailable(CUT_SHORT.into()))),
                Err(ChangeError::Failed(error)) => Err(error),
            }
        };
        self.writer.run_on_store(alter).await.flatten()
    }

    /// A connection for one who may take long, so that nobody else waits: to the file, or to a copy of what is in memory. It
    /// sees all that was answered so far.
    async fn dedicated_connection(&self) -> Result<Database, LedgerError> {
        self.writer.run(|_| Ok(())).await?;
        self.viewer.as_ref().unwrap_or(&self.writer).run_on_store(|store| store.another_reader()).await
    }
}

#[async_trait]
impl Ledger for SqliteLedger {
    fn directory(&self) -> Arc<Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn has_member(&self, program: ProgramId, member: MemberId) -> Result<bool, LedgerError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM member WHERE program_id = ?1 AND member_id = ?2)";
        self.read(move |connection| connection.prepare_cached(sql)?.query_row((program.0, member.0), |row| row.get(0)))
            .await
    }

    /// Ready to save: there is no failure that isn't known to be over, and what is asked for can be read.
    async fn check(&self) -> Result<(), LedgerError> {
        self.writer.check()?;
        self.has_member(ProgramId(0), MemberId(0)).await.map(drop)
    }

    async fn write(&self, write: Write) -> Result<Written, LedgerError> {
        let (reply_to, outcome) = replies::expect_reply();
        self.writer.send(Job::Write(write, reply_to))?;
        outcome.await.unwrap_or_else(|_| Err(worker::stopped()))
    }

    async fn find_phone(
        &self,
        program: ProgramId,
        member: MemberId,
        phone_number_type: ItemId,
    ) -> Result<Option<E164>, LedgerError> {
        let sql = "SELECT number FROM phone WHERE program_id = ?1 AND member_id = ?2 AND phone_number_type_id = ?3";
        let key = (program.0, member.0, phone_number_type.0);
        self.query_on_writer(move |connection| {
            connection.prepare_cached(sql)?.query_row(key, |row| row.get(0)).optional()
        })
        .await
    }

    async fn find_holder(&self, program: ProgramId, number: E164) -> Result<Option<MemberId>, LedgerError> {
        let sql = "SELECT member_id FROM phone WHERE program_id = ?1 AND number = ?2 ORDER BY shared_as LIMIT 1";
        self.query_on_writer(move |connection| {
            let mut statement = connection.prepare_cached(sql)?;
            statement.query_row((program.0, number), |row| row.get(0).map(MemberId)).optional()
        })
        .await
    }

    async fn find_verification(
        &self,
        program: ProgramId,
        key: &VerificationKey,
    ) -> Result<Option<(Verification, Revision)>, LedgerError> {
        let key = key.clone();
        self.query_on_writer(move |connection| verifications::find(connection, program, &key)).await
    }

    async fn accounts_of(
        &self,
        program: ProgramId,
        purpose: Purpose,
        number: E164,
    ) -> Result<Vec<String>, LedgerError> {
        self.query_on_writer(move |connection| verifications::accounts(connection, program, purpose, number)).await
    }

    async fn list_verifications(
        &self,
        program: ProgramId,
        after: Option<&VerificationKey>,
        limit: u32,
    ) -> Result<Vec<VerificationState>, LedgerError> {
        let after = after.cloned();
        self.query_snapshot(move |connection| verifications::list(connection, program, after.as_ref(), limit)).await
    }

    async fn verifications_of(&self, program: ProgramId, account: &str) -> Result<Vec<FoundProof>, LedgerError> {
        let account = account.to_owned();
        self.query_on_writer(move |connection| verifications::of_account(connection, program, &account)).await
    }

    /// What was written a moment ago isn't due, so the reader's connection does.
    async fn verifications_due(&self, then: Timestamp, limit: u32) -> Result<Vec<FoundProof>, LedgerError> {
        self.read(move |connection| verifications::due(connection, then, limit)).await
    }

    async fn any_member(&self, program: ProgramId) -> Result<Option<MemberId>, LedgerError> {
        let sql = "SELECT member_id FROM member WHERE program_id = ?1 ORDER BY member_id LIMIT 1";
        self.read(move |connection| connection.query_row(sql, [program.0], |row| row.get(0).map(MemberId)).optional())
            .await
    }

    async fn apply_seed(&self, seed: Seed) -> Result<(), LedgerError> {
        let applied = self.write_transaction(None, true, move |connection| {
            programs::add_all(connection, &seed)?;
            Ok(Changed::Made)
        });
        match applied.await? {
            Changed::Made => Ok(()),
            refusal => Err(LedgerError::Unavailable(refusal.contradiction().unwrap_or_default())),
        }
    }

    async fn change(&self, version: u64, change: Change) -> Result<Changed, LedgerError> {
        let concerns_directory = change::concerns_directory(&change);
        self.write_transaction(Some(version), concerns_directory, move |connection| change::make(connection, &change))
            .await
    }

    async fn export(&self, program: Option<ProgramId>) -> Result<State, LedgerError> {
        self.query_snapshot(move |connection| states::read(connection, program)).await
    }

    async fn export_chunks(&self, program: Option<ProgramId>, to: Sender<StateChunk>) -> Result<(), LedgerError> {
        let database = self.dedicated_connection().await?;
        let export = move || import_export::export(database.connection(), program, &to);
        let exported = tokio::task::spawn_blocking(export).await.map_err(|_| worker::stopped())?;
        exported.map_err(|error| {
            self.writer.counters().fail();
            LedgerError::Unavailable(database::explain(&error))
        })
    }

    async fn import_chunks(&self, from: Receiver<SeedChunk>) -> Result<Changed, LedgerError> {
        self.write_transaction(None, true, move |connection| import_export::import(connection, from)).await
    }

    async fn baseline(&self, program: ProgramId) -> Result<Option<ProgramState>, LedgerError> {
        self.query_snapshot(move |connection| baselines::read(connection, program)).await
    }

    async fn find_member(&self, program: ProgramId, member: MemberId) -> Result<Option<MemberState>, LedgerError> {
        self.query_snapshot(move |connection| {
            states::read_members(connection, program, [member]).map(|mut found| found.pop())
        })
        .await
    }

    async fn search_members(&self, program: ProgramId, search: MemberSearch) -> Result<Vec<MemberState>, LedgerError> {
        self.query_snapshot(move |connection| search::search(connection, program, &search)).await
    }

    async fn counts(&self) -> Result<LedgerCounts, LedgerError> {
        let path = self.path.clone();
        self.query_snapshot(move |connection| {
            Ok(LedgerCounts { programs: counts::count(connection)?, size: counts::size(connection, path.as_deref())? })
        })
        .await
    }

    fn stats(&self) -> LedgerStats {
        let stats = self.writer.counters().read();
        let others = [&self.reader, &self.viewer].into_iter().flatten().map(|worker| worker.counters().failures());
        LedgerStats { failures: stats.failures + others.sum::<u64>(), ..stats }
    }

    async fn close(&self) {
        for worker in [&self.viewer, &self.reader].into_iter().flatten() {
            worker.stop().await;
        }
        self.writer.stop().await;
    }
}
