//! Writes that wait for a writer.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::time::{Duration, Instant, sleep};

use crate::ledger::replies::{self, ReplyTo};
use crate::ledger::{LedgerError, ProgramId, Write, Written};

/// How long jobs are left to a writer that is at work.
const LONG: Duration = Duration::from_millis(5);

/// How long a call waits for the database, with all tries together.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// A write, who waits for it, and how long: [`PATIENCE`] from when it came.
pub struct Job {
    pub write: Write,
    /// Whether an earlier try may have been made without anybody hearing of it.
    pub is_uncertain: bool,
    pub reply_to: ReplyTo,
    pub deadline: Instant,
}

/// A bounded queue, oldest first.
pub struct WriteQueue {
    state: Mutex<State>,
    length: usize,
    /// Tells the first writer that there is something to do.
    come: Notify,
    /// Tells one of the others that there may be too much to do for those before it.
    more: Notify,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    is_closed: bool,
}

impl WriteQueue {
    pub fn new(length: usize) -> Self {
        Self { state: Mutex::default(), length, come: Notify::new(), more: Notify::new() }
    }

    /// Joins the queue.
    ///
    /// # Errors
    /// [`LedgerError::Busy`] when it is full.
    pub fn push(&self, job: Job) -> Result<(), LedgerError> {
        let is_first = {
            let mut state = self.lock();
            if state.is_closed {
                return Err(closed());
            }
            if state.jobs.len() >= self.length {
                return Err(LedgerError::Busy);
            }
            state.jobs.push_back(job);
            state.jobs.len() == 1
        };
        // Whoever comes later is taken along by the writer that the first one wakes.
        if is_first {
            self.come.notify_one();
            self.more.notify_one();
        }
        Ok(())
    }

    /// Waits for jobs and takes some of them; `None` once the queue is closed and empty. For the first writer.
    pub async fn take(&self, most: usize) -> Option<Vec<Job>> {
        loop {
            let taken = self.lock().take(most, |_| true);
            match taken {
                Taken::Jobs(jobs) => return Some(jobs),
                Taken::Closed => return None,
                Taken::Nothing | Taken::Left => {}
            }
            self.come.notified().await;
        }
    }

    /// As [`take`](Self::take), for the other writers: they leave jobs to the first one, so that its batches are large, unless it is
    /// long in coming, or can't take all.
    pub async fn take_over(&self, most: usize) -> Option<Vec<Job>> {
        loop {
            let is_due = |jobs: &VecDeque<Job>| jobs.len() >= most || jobs.front().is_some_and(Job::waits_long);
            let taken = self.lock().take(most, is_due);
            match taken {
                Taken::Jobs(jobs) => {
                    self.more.notify_one();
                    return Some(jobs);
                }
                Taken::Closed => {
                    // For the next one.
                    self.more.notify_one();
                    return None;
                }
                Taken::Nothing => {}
                Taken::Left => {
                    sleep(LONG).await;
                    continue;
                }
            }
            self.more.notified().await;
        }
    }

    /// Takes those whose time is over.
    pub fn take_late(&self, now: Instant) -> Vec<Job> {
        let mut state = self.lock();
        let count = state.jobs.iter().take_while(|job| job.deadline <= now).count();
        state.jobs.drain(..count).collect()
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
        self.more.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What [`State::take`] finds.
enum Taken {
    Jobs(Vec<Job>),
    Nothing,
    /// There are some, for somebody else.
    Left,
    Closed,
}

impl State {
    /// Takes the oldest jobs, if they are due.
    fn take(&mut self, most: usize, is_due: impl Fn(&VecDeque<Job>) -> bool) -> Taken {
        match self.jobs.len() {
            0 if self.is_closed => Taken::Closed,
            0 => Taken::Nothing,
            _ if !is_due(&self.jobs) => Taken::Left,
            count => Taken::Jobs(self.jobs.drain(..most.min(count)).collect()),
        }
    }
}

impl Job {
    /// Joins the queue now.
    pub fn new(write: Write, reply_to: ReplyTo) -> Self {
        Self { write, is_uncertain: false, reply_to, deadline: Instant::now() + PATIENCE }
    }

    /// The program it is about.
    pub fn program(&self) -> ProgramId {
        self.write.program()
    }

    /// The version of the program that it was derived from; `None` if it was derived from nothing that the version tells.
    pub fn version(&self) -> Option<u64> {
        self.write.version()
    }

    fn waits_long(&self) -> bool {
        self.deadline + LONG <= Instant::now() + PATIENCE
    }
}

/// Answers jobs, each with its outcome.
pub fn answer(outcomes: impl Iterator<Item = (Job, Result<Written, LedgerError>)>) {
    replies::send(outcomes.map(|(job, outcome)| job.reply_to.with(outcome)));
}

/// The error of a ledger that was closed.
pub fn closed() -> LedgerError {
    LedgerError::Unavailable("it is closed".into())
}
