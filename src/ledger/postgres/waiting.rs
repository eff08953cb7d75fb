//! Saves that wait for a writer.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::ledger::post::{self, Address};
use crate::ledger::{LedgerError, PhoneSaved, SavePhone};

/// A save, who waits for it, and how long.
pub struct Job {
    pub save: SavePhone,
    pub address: Address,
    pub deadline: Instant,
}

/// A bounded queue, oldest first.
pub struct Waiting {
    line: Mutex<Line>,
    length: usize,
    /// Tells one writer at a time that there is something to do.
    come: Notify,
}

#[derive(Default)]
struct Line {
    jobs: VecDeque<Job>,
    is_closed: bool,
}

impl Waiting {
    pub fn new(length: usize) -> Self {
        Self { line: Mutex::default(), length, come: Notify::new() }
    }

    /// Joins the queue.
    ///
    /// # Errors
    /// [`LedgerError::Busy`] when it is full.
    pub fn push(&self, job: Job) -> Result<(), LedgerError> {
        let is_first = {
            let mut line = self.lock();
            if line.is_closed {
                return Err(closed());
            }
            if line.jobs.len() >= self.length {
                return Err(LedgerError::Busy);
            }
            line.jobs.push_back(job);
            line.jobs.len() == 1
        };
        // Whoever comes later is taken along by the writer that the first one wakes.
        if is_first {
            self.come.notify_one();
        }
        Ok(())
    }

    /// Waits for jobs and takes some of them; `None` once the queue is closed and empty.
    pub async fn take(&self, most: usize) -> Option<Vec<Job>> {
        loop {
            {
                let mut line = self.lock();
                if !line.jobs.is_empty() {
                    let count = most.min(line.jobs.len());
                    let jobs = line.jobs.drain(..count).collect();
                    if !line.jobs.is_empty() {
                        self.come.notify_one();
                    }
                    return Some(jobs);
                }
                if line.is_closed {
                    // For the next writer.
                    self.come.notify_one();
                    return None;
                }
            }
            self.come.notified().await;
        }
    }

    /// Takes those whose time is over.
    pub fn take_late(&self, now: Instant) -> Vec<Job> {
        let mut line = self.lock();
        let count = line.jobs.iter().take_while(|job| job.deadline <= now).count();
        line.jobs.drain(..count).collect()
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.lock().jobs.len()
    }

    pub fn is_full(&self) -> bool {
        self.len() >= self.length
    }

    /// Lets nobody in any more. What waits will be done.
    pub fn close(&self) {
        self.lock().is_closed = true;
        self.come.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers jobs, each with its outcome.
pub fn answer(outcomes: impl Iterator<Item = (Job, Result<PhoneSaved, LedgerError>)>) {
    post::send(outcomes.map(|(job, outcome)| (job.address, outcome)));
}

/// The error of a ledger that was closed.
pub fn closed() -> LedgerError {
    LedgerError::Unavailable("it is closed".into())
}
