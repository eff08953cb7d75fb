//! The ledger in an SQLite file: one thread writes, in groups; another one reads.

mod database;
mod directory;
mod numbers;
mod post;
mod redo;
mod save_phone;
mod seeding;
mod store;
mod worker;

use std::sync::{Arc, PoisonError, RwLock};

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension};

use self::database::{Database, Lock};
use self::redo::RedoLog;
use self::store::Store;
use self::worker::{Job, Worker};
use super::{Directory, Ledger, LedgerError, LedgerUrl, OpenError, PhoneSaved, ProgramId, SavePhone, Seed};
use crate::domain::MemberId;

/// How much may wait for a writer, and how much it takes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Calls that may wait; one more is [`LedgerError::Busy`].
    pub length: usize,
    /// Calls that share one transaction and one flush of the disk.
    pub batch: usize,
}

impl Default for Queue {
    fn default() -> Self {
        Self { length: 4096, batch: 256 }
    }
}

/// A ledger in one SQLite file, or in memory.
pub struct SqliteLedger {
    writer: Worker,
    /// A file is read through a connection of its own; memory, which has no flush to wait for, through the writer's.
    reader: Option<Worker>,
    directory: RwLock<Arc<Directory>>,
}

impl SqliteLedger {
    /// Opens or makes the ledger, and proves that it can be written.
    ///
    /// # Errors
    /// [`OpenError`] with the reason in words a user can act on.
    pub fn open(url: &LedgerUrl, queue: Queue) -> Result<Self, OpenError> {
        let because = |reason| OpenError { url: url.clone(), reason };
        let failed = |error: rusqlite::Error| because(database::explain(&error));
        let (mut store, reader) = match url {
            LedgerUrl::Memory => {
                let ledger = Database::in_memory().map_err(failed)?;
                (Store::open(ledger, None, None).map_err(failed)?, None)
            }
            LedgerUrl::Sqlite(path) => {
                let lock = Lock::take(path).map_err(because)?;
                let ledger = Database::in_file(path).map_err(because)?;
                let redo = RedoLog::open(path, &ledger.ledger_id().map_err(failed)?).map_err(because)?;
                let reader = Database::reading(path).map_err(failed)?;
                let reader = Store::open(reader, None, None).map_err(failed)?;
                (Store::open(ledger, Some(redo), Some(lock)).map_err(failed)?, Some(reader))
            }
        };
        let directory = store.settled().and_then(directory::load).map_err(failed)?;
        Ok(Self {
            writer: Worker::start("ledger-writer", store, queue),
            reader: reader.map(|reader| Worker::start("ledger-reader", reader, queue)),
            directory: RwLock::new(Arc::new(directory)),
        })
    }

    async fn read<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.reader.as_ref().unwrap_or(&self.writer).run(query).await
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

    async fn save_phone(&self, save: SavePhone) -> Result<PhoneSaved, LedgerError> {
        let (address, outcome) = post::address();
        self.writer.send(Job::Save(save, address))?;
        outcome.await.unwrap_or_else(|_| Err(worker::stopped()))
    }

    async fn any_member(&self, program: ProgramId) -> Result<Option<MemberId>, LedgerError> {
        let sql = "SELECT member_id FROM member WHERE program_id = ?1 ORDER BY member_id LIMIT 1";
        self.read(move |connection| connection.query_row(sql, [program.0], |row| row.get(0).map(MemberId)).optional())
            .await
    }

    async fn apply_seed(&self, seed: Seed) -> Result<(), LedgerError> {
        let directory = self
            .writer
            .run(move |connection| {
                seeding::apply(connection, &seed)?;
                directory::load(connection)
            })
            .await?;
        *self.directory.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(directory);
        Ok(())
    }

    async fn close(&self) {
        if let Some(reader) = &self.reader {
            reader.stop().await;
        }
        self.writer.stop().await;
    }
}
