//! A thread that owns a store. It saves in groups: it takes whatever waits, makes it durable with one flush of the disk, and
//! then answers everybody.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::database::explain;
use super::store::Store;
use crate::ledger::counters::Counters;
use crate::ledger::post::{self, Address};
use crate::ledger::{LedgerError, Queue, SavePhone};

/// Something for the thread to do.
pub enum Job {
    Save(SavePhone, Address),
    /// Anything else. It has the store to itself; saves that aren't merged yet are in its open transaction.
    Other(Box<dyn FnOnce(&mut Store) + Send>),
    Stop(oneshot::Sender<()>),
}

/// The way to the thread.
pub struct Worker {
    jobs: SyncSender<Job>,
    counters: Arc<Counters>,
}

impl Worker {
    /// Gives the connection to a new thread.
    pub fn start(name: &'static str, store: Store, queue: Queue) -> Self {
        let (jobs, waiting) = sync_channel(queue.length);
        let counters = Arc::new(Counters::default());
        let told = counters.clone();
        let run =
            move || Loop { store, waiting, counters: told, batch: Vec::with_capacity(queue.batch) }.run(queue.batch);
        // A process that can't start a thread can't serve at all; the first job will find the queue closed.
        if let Err(error) = thread::Builder::new().name(name.into()).spawn(run) {
            tracing::error!(%error, name, "can't start a thread");
        }
        Self { jobs, counters }
    }

    /// Queues a job.
    ///
    /// # Errors
    /// [`LedgerError::Busy`] when the queue is full.
    pub fn send(&self, job: Job) -> Result<(), LedgerError> {
        self.counters.queue();
        self.jobs.try_send(job).map_err(|error| {
            self.counters.take(1);
            match error {
                TrySendError::Full(_) => LedgerError::Busy,
                TrySendError::Disconnected(_) => stopped(),
            }
        })
    }

    /// What the thread counts.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Runs a query on the thread and waits for its outcome.
    ///
    /// # Errors
    /// [`LedgerError`], with the cause.
    pub async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        self.run_on_store(move |store| store.settled().and_then(query)).await
    }

    /// Runs what needs the store itself on the thread and waits for its outcome.
    ///
    /// # Errors
    /// [`LedgerError`], with the cause.
    pub async fn run_on_store<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (answer, outcome) = oneshot::channel();
        let counters = self.counters.clone();
        self.send(Job::Other(Box::new(move |store| {
            let result = work(store).map_err(|error| {
                counters.fail();
                LedgerError::Unavailable(explain(&error))
            });
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
    store: Store,
    waiting: Receiver<Job>,
    batch: Vec<(SavePhone, Address)>,
    counters: Arc<Counters>,
}

/// How long the thread waits for the next save before it merges what it has.
const IDLE: Duration = Duration::from_millis(20);

impl Loop {
    fn run(mut self, batch_limit: usize) {
        while let Some(job) = self.next_job() {
            let mut next = Some(job);
            while let Some(job) = next.take() {
                match job {
                    Job::Save(save, address) => {
                        self.batch.push((save, address));
                        next = self.gather(batch_limit);
                        self.save_batch();
                    }
                    Job::Other(work) => {
                        self.counters.take(1);
                        work(&mut self.store);
                    }
                    Job::Stop(done) => {
                        self.merge();
                        drop(self.store);
                        let _ = done.send(());
                        return;
                    }
                }
            }
            if self.store.is_merge_due() {
                self.merge();
            }
        }
    }

    /// Waits for a job. Once there is none for a while, what was saved is merged, so that others who read the ledger's file
    /// find it there.
    fn next_job(&mut self) -> Option<Job> {
        if self.store.has_unmerged() {
            match self.waiting.recv_timeout(IDLE) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Timeout) => self.merge(),
                Err(RecvTimeoutError::Disconnected) => {}
            }
        }
        self.waiting.recv().ok()
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

    fn save_batch(&mut self) {
        self.counters.take(self.batch.len());
        self.counters.batch(self.batch.len());
        let saves: Vec<_> = self.batch.iter().map(|(save, _)| save).collect();
        let result = self.store.save_all(&saves);
        let addresses = self.batch.drain(..).map(|(_, address)| address);
        match result {
            Ok(outcomes) => post::send(addresses.zip(outcomes.into_iter().map(Ok))),
            Err(error) => {
                self.counters.fail();
                let reason = explain(&error);
                tracing::error!(calls = addresses.len(), %reason, "saving failed, nothing of it was stored");
                let failure = LedgerError::Unavailable(reason);
                post::send(addresses.map(|address| (address, Err(failure.clone()))));
            }
        }
    }

    /// What can't be merged stays in the redo log, and is tried again with the next save.
    fn merge(&mut self) {
        if let Err(error) = self.store.merge() {
            self.counters.fail();
            tracing::error!(reason = %explain(&error), "merging failed; what was saved is safe in the redo log");
        }
    }
}
