//! A thread that owns a store. It saves in groups: it takes whatever waits, makes it durable with one flush of the disk, and
//! then answers everybody.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError, TrySendError, sync_channel};
use std::thread;
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::database::explain;
use super::last_failure::LastFailure;
use super::store::Store;
use crate::ledger::counters::Counters;
use crate::ledger::replies::{self, ReadyReply, ReplyTo};
use crate::ledger::{LedgerError, Queue, Write};

/// Something for the thread to do.
pub enum Job {
    Write(Write, ReplyTo),
    /// A short query of a call, which sees what was written before it.
    Read(Query),
    /// Anything else. It has the store to itself; writes that aren't in the ledger's file yet are in its open transaction.
    Other(Box<dyn FnOnce(&mut Store) + Send>),
    Stop(oneshot::Sender<()>),
}

/// Looks something up, and makes the reply.
pub type Query = Box<dyn FnOnce(rusqlite::Result<&Connection>) -> ReadyReply + Send>;

/// The way to the thread.
pub struct Worker {
    jobs: SyncSender<Job>,
    counters: Arc<Counters>,
    failure: Arc<LastFailure>,
}

impl Worker {
    /// Gives the connection to a new thread.
    pub fn start(name: &'static str, store: Store, queue: Queue) -> Self {
        let (jobs, waiting) = sync_channel(queue.length);
        let (counters, failure) = (Arc::new(Counters::default()), store.failure());
        let writer = Loop {
            store,
            waiting,
            batch: Vec::with_capacity(queue.batch),
            queries: Vec::new(),
            counters: counters.clone(),
        };
        let run = move || writer.run(queue.batch);
        // A process that can't start a thread can't serve at all; the first job will find the queue closed.
        if let Err(error) = thread::Builder::new().name(name.into()).spawn(run) {
            tracing::error!(%error, name, "can't start a thread");
        }
        Self { jobs, counters, failure }
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

    /// Whether the store can be written, as far as the thread knows. It tries once a second whether a failure is over.
    ///
    /// # Errors
    /// [`LedgerError::Unavailable`], with the cause of the last failure.
    pub fn check(&self) -> Result<(), LedgerError> {
        self.failure.read().map_or(Ok(()), |reason| Err(LedgerError::Unavailable(reason)))
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
        self.run_on_store(move |store| store.checkpointed().and_then(query)).await
    }

    /// Runs a short query behind the writes that wait, and waits for its outcome. Neither ends a batch nor forces a checkpoint.
    ///
    /// # Errors
    /// [`LedgerError`], with the cause.
    pub async fn query<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (read_to, found) = replies::expect_read();
        let counters = self.counters.clone();
        self.send(Job::Read(Box::new(move |connection| {
            read_to.with(connection.and_then(query).map_err(|error| {
                counters.fail();
                LedgerError::Unavailable(explain(&error))
            }))
        })))?;
        found.await.unwrap_or_else(|_| Err(stopped()))
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
    batch: Vec<(Write, ReplyTo)>,
    /// They run behind the writes of the batch, when those are on disk: so nobody is told of what may be lost yet.
    queries: Vec<Query>,
    counters: Arc<Counters>,
}

/// How long the thread waits for the next write before it makes a checkpoint of what it has.
const IDLE: Duration = Duration::from_millis(20);

/// How often the thread looks, while nobody asks for anything, whether a failure is over, and the ledger's files are still there.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

impl Loop {
    fn run(mut self, batch_limit: usize) {
        while let Some(job) = self.next_job() {
            let mut next = Some(job);
            while let Some(job) = next.take() {
                match job {
                    Job::Write(command, reply_to) => {
                        self.batch.push((command, reply_to));
                        next = self.gather(batch_limit);
                        self.run_batch();
                    }
                    Job::Read(query) => {
                        self.queries.push(query);
                        next = self.gather(batch_limit);
                        self.run_batch();
                    }
                    Job::Other(work) => {
                        self.counters.take(1);
                        work(&mut self.store);
                    }
                    Job::Stop(done) => {
                        if let Err(error) = self.store.close() {
                            tracing::error!(reason = %explain(&error), "the ledger could not be closed cleanly; its redo log is needed");
                        }
                        let _ = done.send(());
                        return;
                    }
                }
            }
            if self.store.is_checkpoint_due() {
                self.checkpoint();
            }
        }
    }

    /// Waits for a job. Once there is none for a while, what was written goes into the ledger's file, so that others who read that
    /// find it there; or it is tried whether a failure is over, since a load balancer sends nothing to a node that isn't ready.
    fn next_job(&mut self) -> Option<Job> {
        loop {
            let (has_failed, is_at_rest) = (self.store.has_failed(), !self.store.has_uncheckpointed());
            if is_at_rest && !has_failed && !self.store.has_files() {
                return self.waiting.recv().ok();
            }
            match self.waiting.recv_timeout(if is_at_rest || has_failed { LOOK_AGAIN } else { IDLE }) {
                Ok(job) => return Some(job),
                Err(RecvTimeoutError::Timeout) if is_at_rest && !has_failed => self.check_unchanged(),
                Err(RecvTimeoutError::Timeout) => self.checkpoint(),
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
    }

    /// Takes the writes and queries that wait, up to a bound; gives back the first job that is neither.
    fn gather(&mut self, limit: usize) -> Option<Job> {
        while self.batch.len() + self.queries.len() < limit {
            match self.waiting.try_recv() {
                Ok(Job::Write(command, reply_to)) => self.batch.push((command, reply_to)),
                Ok(Job::Read(query)) => self.queries.push(query),
                Ok(other) => return Some(other),
                Err(TryRecvError::Empty | TryRecvError::Disconnected) => return None,
            }
        }
        None
    }

    fn run_batch(&mut self) {
        self.counters.take(self.batch.len() + self.queries.len());
        let mut outcomes = Ok(Vec::new());
        if !self.batch.is_empty() {
            self.counters.batch(self.batch.len());
            let commands: Vec<_> = self.batch.iter().map(|(command, _)| command).collect();
            outcomes = self.store.write_all(&commands).map_err(|error| {
                self.counters.fail();
                let reason = explain(&error);
                tracing::error!(calls = commands.len(), %reason, "writing failed, nothing of it was answered with 0");
                LedgerError::Unavailable(reason)
            });
        }
        let outcomes: Vec<_> = match outcomes {
            Ok(outcomes) => outcomes.into_iter().map(Ok).collect(),
            Err(failure) => vec![Err(failure); self.batch.len()],
        };
        let written = self.batch.drain(..).zip(outcomes).map(|((_, reply_to), outcome)| reply_to.with(outcome));
        let read = self.queries.drain(..).map(|query| query(self.store.connection()));
        replies::send(written.chain(read));
    }

    fn check_unchanged(&mut self) {
        if let Err(error) = self.store.check_unchanged() {
            self.counters.fail();
            tracing::error!(reason = %explain(&error), "nothing is saved any more");
        }
    }

    /// What can't be put into the ledger's file stays in the redo log, and is tried again with the next write, or in a second.
    fn checkpoint(&mut self) {
        let had_failed = self.store.has_failed();
        if let Err(error) = self.store.checkpoint() {
            self.counters.fail();
            if !had_failed {
                tracing::error!(reason = %explain(&error), "a checkpoint failed; what was saved is safe in the redo log");
            }
        }
    }
}
