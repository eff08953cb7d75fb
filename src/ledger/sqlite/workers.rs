//! The threads that have a ledger's connections, and the ways to them.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use rusqlite::Connection;

use super::change_error::ChangeError;
use super::database::{self, Database};
use super::directory;
use super::ledger_file::LedgerFile;
use super::store::Store;
use super::worker::Worker;
use crate::ledger::{Changed, Directory, InMemoryState, LedgerError, LedgerUrl, OpenError, Queue};

/// What is said when chunks end before their end.
const CUT_SHORT: &str = "what was to be put in is cut short; nothing has changed";

/// A ledger in one SQLite file, or in memory.
pub struct SqliteLedger {
    pub(super) writer: Worker,
    /// A file is read through a connection of its own; memory, which has no flush to wait for, through the writer's.
    pub(super) reader: Option<Worker>,
    /// What a tester asks for may take long, so it has another connection than what calls ask for.
    pub(super) viewer: Option<Worker>,
    pub(super) path: Option<PathBuf>,
    pub(super) directory: Published,
    pub(super) shared_state: Arc<InMemoryState>,
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
        let directory = store.connection().and_then(|connection| directory::load(connection, 1)).map_err(failed)?;
        let directory = Arc::new(directory);
        store.set_directory(directory.clone());
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
            directory: Arc::new(RwLock::new(directory)),
            shared_state: Arc::default(),
        })
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.reader.as_ref().unwrap_or(&self.writer).run(query).await
    }

    /// Runs a short query on the writer's connection, which has what isn't in the ledger's file yet.
    pub(super) async fn query_on_writer<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.writer.query(query).await
    }

    /// Runs a query of a tester in one read transaction, so that what it sees belongs together. It sees all that was
    /// answered so far: the writer puts it into the file first, and goes on saving while the query runs.
    pub(super) async fn query_snapshot<T: Send + 'static>(
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
    /// writer that knows it: first the file changes, then the writer's directory, then what callers see.
    pub(super) async fn write_transaction(
        &self,
        version: Option<u64>,
        concerns_directory: bool,
        work: impl FnOnce(&Connection) -> Result<Changed, ChangeError> + Send + 'static,
    ) -> Result<Changed, LedgerError> {
        let published = self.directory.clone();
        let alter = move |store: &mut Store| {
            if version.is_some_and(|version| version != store.directory().version()) {
                return Ok(Ok(Changed::Outdated));
            }
            let next = store.directory().version() + 1;
            let altered = store.write_transaction(|connection| {
                let changed = work(connection)?;
                // Inside the transaction: what can't be read again isn't changed.
                let fresh = concerns_directory.then(|| directory::load(connection, next)).transpose()?;
                Ok((changed, fresh))
            });
            match altered {
                Ok((changed, fresh)) => {
                    if let Some(fresh) = fresh {
                        let previous = store.directory();
                        let fresh = Arc::new(fresh.with_versions_of(previous).following(previous));
                        store.set_directory(fresh.clone());
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
    pub(super) async fn dedicated_connection(&self) -> Result<Database, LedgerError> {
        self.writer.run(|_| Ok(())).await?;
        self.viewer.as_ref().unwrap_or(&self.writer).run_on_store(|store| store.another_reader()).await
    }
}
