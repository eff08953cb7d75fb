//! A thread that owns a connection. The writer's commits in groups: it takes whatever waits, runs it as one transaction,
//! flushes the disk once, and then answers everybody.

use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::Queue;
use super::database::{Database, breaks_connection, explain};
use super::post::{self, Address};
use super::save_phone::save_phone;
use crate::ledger::{LedgerError, PhoneSaved, SavePhone};

/// Something for the thread to do.
pub enum Job {
    Save(SavePhone, Address),
    /// Anything else. It has the connection to itself, outside of any transaction.
    Other(Box<dyn FnOnce(&mut Database) + Send>),
    Stop(oneshot::Sender<()>),
}

/// The way to the thread.
pub struct Worker {
    jobs: SyncSender<Job>,
}

impl Worker {
    /// Gives the connection to a new thread.
    pub fn start(name: &'static str, database: Database, queue: Queue) -> Self {
        let (jobs, waiting) = sync_channel(queue.length);
        let run = move || Loop { database, waiting, batch: Vec::with_capacity(queue.batch) }.run(queue.batch);
        // A process that can't start a thread can't serve at all; the first job will find the queue closed.
        if let Err(error) = thread::Builder::new().name(name.into()).spawn(run) {
            tracing::error!(%error, name, "can't start a thread");
        }
        Self { jobs }
    }

    /// Queues a job.
    ///
    /// # Errors
    /// [`LedgerError::Busy`] when the queue is full.
    pub fn send(&self, job: Job) -> Result<(), LedgerError> {
        self.jobs.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => LedgerError::Busy,
            TrySendError::Disconnected(_) => stopped(),
        })
    }

    /// Runs a query on the thread and waits for its outcome.
    ///
    /// # Errors
    /// [`LedgerError`], with the cause.
    pub async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (answer, outcome) = oneshot::channel();
        self.send(Job::Other(Box::new(move |database| {
            let result = query(database.connection()).map_err(|error| fail(database, &error));
            // Nobody listens any more if the caller has gone.
            let _ = answer.send(result);
        })))?;
        outcome.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Lets the thread finish what waits, and ends it.
    pub async fn stop(&self) {
        let (done, ended) = oneshot::channel();
        let jobs = self.jobs.clone();
        // The queue may be full: wait for room on a thread that may wait.
        let sent = tokio::task::spawn_blocking(move || jobs.send(Job::Stop(done)).is_ok()).await;
        if sent.unwrap_or(false) {
            let _ = ended.await;
        }
    }
}

/// The error of a ledger that was closed.
pub fn stopped() -> LedgerError {
    LedgerError::Unavailable("it is closed".into())
}

struct Loop {
    database: Database,
    waiting: Receiver<Job>,
    batch: Vec<(SavePhone, Address)>,
}

impl Loop {
    fn run(mut self, batch_limit: usize) {
        while let Ok(job) = self.waiting.recv() {
            let mut next = Some(job);
            while let Some(job) = next.take() {
                match job {
                    Job::Save(save, address) => {
                        self.batch.push((save, address));
                        next = self.gather(batch_limit);
                        self.commit_batch();
                    }
                    Job::Other(work) => work(&mut self.database),
                    Job::Stop(done) => {
                        drop(self.database);
                        let _ = done.send(());
                        return;
                    }
                }
            }
        }
    }

    /// Takes the saves that wait, up to a bound; gives back the first job that is none.
    fn gather(&mut self, limit: usize) -> Option<Job> {
        while self.batch.len() < limit {
            match self.waiting.try_recv() {
                Ok(Job::Save(save, address)) => self.batch.push((save, address)),
                Ok(other) => return Some(other),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return None,
            }
        }
        None
    }

    fn commit_batch(&mut self) {
        match save_all(self.database.connection(), &self.batch) {
            Ok(outcomes) => {
                let addresses = self.batch.drain(..).map(|(_, address)| address);
                post::send(addresses.zip(outcomes.into_iter().map(Ok)));
            }
            Err(error) => {
                tracing::error!(calls = self.batch.len(), %error, "saving failed, nothing of it was stored");
                let failure = fail(&mut self.database, &error);
                post::send(self.batch.drain(..).map(|(_, address)| (address, Err(failure.clone()))));
            }
        }
    }
}

/// Runs all saves as one transaction: what it gives back is on disk.
fn save_all(connection: &Connection, batch: &[(SavePhone, Address)]) -> rusqlite::Result<Vec<PhoneSaved>> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let saved: rusqlite::Result<Vec<_>> = batch.iter().map(|(save, _)| save_phone(connection, save)).collect();
    let committed = saved.and_then(|outcomes| {
        connection.prepare_cached("COMMIT")?.execute([])?;
        Ok(outcomes)
    });
    if committed.is_err() && !connection.is_autocommit() {
        connection.execute_batch("ROLLBACK")?;
    }
    committed
}

/// Makes an error of SQLite into one of the ledger, and the connection fit for the next job.
fn fail(database: &mut Database, error: &rusqlite::Error) -> LedgerError {
    if breaks_connection(error)
        && let Err(error) = database.reconnect()
    {
        tracing::error!(%error, "can't connect to the ledger anew");
    }
    LedgerError::Unavailable(explain(error))
}
