//! A writer: takes whatever writes wait, sends those of each program and kind as one statement, and answers when they are on disk.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::time::{Duration, Instant, timeout_at};

use super::batch::{Decision, Kind};
use super::errors::PgError;
use super::exclusive::{self, lock_program};
use super::groups::{Group, group, uncertain, ungroup};
use super::node::{Known, Node, Retry};
use super::parts;
use super::session::Session;
use super::write_queue::{Job, answer};
use crate::ledger::{LedgerError, ProgramId, Write, Written};

/// How long a statement may take at least, however long its writes have waited already.
const SHORTEST: Duration = Duration::from_secs(2);

/// After so many tries that others were in the way of, writes are no longer sent together.
const TRIES_TOGETHER: u32 = 6;

/// One connection, and one batch at a time on it.
pub struct Writer {
    node: Arc<Node>,
    session: Option<Session>,
    most: usize,
    is_first: bool,
}

/// What became of a group's statement.
enum Outcome {
    Decided(Vec<Decision>),
    /// What it was prepared for is over; nothing was done.
    Stale,
    PgError(PgError),
}

impl Writer {
    /// A writer that takes so many writes at most at once. Others than the first help it out.
    pub fn new(node: Arc<Node>, most: usize, is_first: bool) -> Self {
        Self { node, session: None, most, is_first }
    }

    /// Works until the queue is closed and empty.
    pub async fn run(mut self) {
        while let Some(jobs) = self.next().await {
            self.node.counters.take(jobs.len());
            self.node.counters.batch(jobs.len());
            self.write(jobs).await;
        }
    }

    async fn next(&self) -> Option<Vec<Job>> {
        match self.is_first {
            true => self.node.queue.take(self.most).await,
            false => self.node.queue.take_over(self.most).await,
        }
    }

    /// Writes until all are answered.
    async fn write(&mut self, mut jobs: Vec<Job>) {
        let Some(until) = jobs.iter().map(|job| job.deadline).min() else { return };
        let until = until.max(Instant::now() + SHORTEST);
        let mut retry = Retry::until(until);
        while !jobs.is_empty() {
            let (left, result) = self.attempt(jobs, until, retry.count() >= TRIES_TOGETHER).await;
            jobs = left;
            let Err(error) = result else { continue };
            if let Err(error) = retry.again(error).await {
                self.fail(jobs, &error);
                return;
            }
        }
    }

    /// Answers what can be answered now; gives back the rest, and why it had to wait. Where others are in the way again and
    /// again, each write gets the program to `itself`: that takes longer, and can't fail so.
    async fn attempt(&mut self, jobs: Vec<Job>, until: Instant, itself: bool) -> (Vec<Job>, Result<(), PgError>) {
        if let Err(error) = self.connect().await {
            return (jobs, Err(error));
        }
        let groups = match self.prepare(jobs, until).await {
            Ok(groups) => groups,
            Err((jobs, error)) => return (jobs, Err(error)),
        };
        let Some(session) = &self.session else { return (ungroup(groups), Err(gone())) };
        let outcomes = match itself {
            true => {
                groups.iter().map(|(_, group)| Outcome::Decided(vec![Decision::Exclusive; group.jobs.len()])).collect()
            }
            false => join_all(groups.iter().map(|(known, group)| send(session, *known, group, until))).await,
        };
        // A commit that was warned of may not be on the standby: none of these counts as done.
        let is_warned = session.was_warned();
        let mut left = Vec::new();
        let mut result = Ok(());
        for ((known, Group { program, jobs, .. }), outcome) in groups.into_iter().zip(outcomes) {
            let settled = match outcome {
                Outcome::Decided(_) if is_warned => {
                    left.extend(uncertain(jobs));
                    Err(warned())
                }
                Outcome::Decided(decisions) => {
                    let (again, settled) = self.settle(known, jobs, decisions, until).await;
                    left.extend(again);
                    settled
                }
                Outcome::Stale => {
                    left.extend(jobs);
                    let renewed = self.node.renew(program, known.version).await;
                    renewed.and(Err(PgError::Conflict("the program is changed again and again".into())))
                }
                Outcome::PgError(error @ PgError::Lost(_)) => {
                    self.lose(program);
                    left.extend(uncertain(jobs));
                    Err(error)
                }
                Outcome::PgError(error) => {
                    left.extend(jobs);
                    Err(error)
                }
            };
            result = result.and(settled);
        }
        (left, result)
    }

    /// Opens a session, unless there is one that is good.
    async fn connect(&mut self) -> Result<(), PgError> {
        if self.session.as_ref().is_some_and(|session| !session.is_gone()) {
            return Ok(());
        }
        self.session = None;
        self.session = Some(Session::open(&self.node.connector).await?);
        Ok(())
    }

    /// Gives up the session. What it was asked to do for this program may be done yet.
    fn lose(&mut self, program: ProgramId) {
        self.session = None;
        self.node.mark_uncertain(program);
    }

    /// Sorts writes by program and kind, and answers those that need no database: of programs that are gone, or derived from what has changed.
    async fn prepare(&mut self, jobs: Vec<Job>, until: Instant) -> Result<Vec<(Known, Group)>, (Vec<Job>, PgError)> {
        let mut groups = Vec::new();
        let mut left = group(jobs).into_iter();
        while let Some(Group { program, kind, jobs }) = left.next() {
            if self.node.is_uncertain(program)
                && let Err(error) = self.fence(program, until).await
            {
                let rest = left.flat_map(|group| group.jobs);
                let all = ungroup(groups).into_iter().chain(jobs).chain(rest).collect();
                return Err((all, error));
            }
            let Some(known) = self.node.known(program) else {
                let directory = self.node.directory().version();
                answer(jobs.into_iter().map(|job| {
                    let is_current = job.version() == Some(directory);
                    (job, Ok(if is_current { Written::NoSuchMember } else { Written::Outdated }))
                }));
                continue;
            };
            let (jobs, outdated): (Vec<_>, Vec<_>) =
                jobs.into_iter().partition(|job| job.version().is_none_or(|version| version == known.version));
            answer(outdated.into_iter().map(|job| (job, Ok(Written::Outdated))));
            if !jobs.is_empty() {
                groups.push((known, Group { program, kind, jobs }));
            }
        }
        Ok(groups)
    }

    /// Makes a new epoch, so that no statement of a lost session is done after this: it is done by now, or never.
    async fn fence(&mut self, program: ProgramId, until: Instant) -> Result<(), PgError> {
        let Some(session) = &mut self.session else { return Err(gone()) };
        let work = async {
            let transaction = session.client.transaction().await?;
            let epoch = lock_program(&transaction, program).await?;
            transaction.commit().await?;
            Ok::<_, PgError>(epoch)
        };
        let epoch = timeout_at(until, work).await.unwrap_or_else(|_| Err(late()));
        if let Some(epoch) = epoch.inspect_err(|_| self.session = None)? {
            self.node.set_epoch(program, epoch);
        }
        self.node.mark_fenced(program);
        Ok(())
    }

    /// Answers what is decided; gives back what has to be tried again.
    async fn settle(
        &mut self,
        known: Known,
        jobs: Vec<Job>,
        decisions: Vec<Decision>,
        until: Instant,
    ) -> (Vec<Job>, Result<(), PgError>) {
        let mut answers = Vec::with_capacity(jobs.len());
        let (mut again, mut alone) = (Vec::new(), Vec::new());
        for (job, decision) in jobs.into_iter().zip(decisions) {
            match decision {
                Decision::Made(written) => answers.push((job, Ok(written))),
                Decision::Again => again.push(job),
                Decision::Exclusive => alone.push(job),
            }
        }
        answer(answers.into_iter());
        let mut alone = alone.into_iter();
        while let Some(job) = alone.next() {
            match self.write_exclusively(&job, known.version, until).await {
                Ok(Some(written)) => answer(std::iter::once((job, Ok(written)))),
                Ok(None) => again.push(job),
                Err(error) => {
                    if matches!(error, PgError::Lost(_)) {
                        self.lose(job.program());
                    }
                    again.extend(uncertain([job]));
                    again.extend(alone);
                    return (again, Err(error));
                }
            }
        }
        (again, Ok(()))
    }

    /// Makes one write in a transaction that has the program to itself. `None` if it has to be tried again, because the program has
    /// changed, or another write was in the way; then nothing was done.
    async fn write_exclusively(&mut self, job: &Job, version: u64, until: Instant) -> Result<Option<Written>, PgError> {
        let Some(session) = &mut self.session else { return Err(gone()) };
        let program = job.program();
        let work = async {
            let (client, statements) = session.parts()?;
            let mut transaction = client.transaction().await?;
            let epoch = lock_program(&transaction, program).await?;
            let sql = "SELECT version FROM program WHERE program_id = $1";
            let current = transaction.query_opt(sql, &[&program.0]).await?.map(|row| row.get::<_, i64>(0));
            let (Some(epoch), true) = (epoch, current == Some(version.cast_signed())) else { return Ok(None) };
            let written = match &job.write {
                Write::SavePhone(save) => Some(exclusive::save(&transaction, save).await?),
                Write::ChangeParts(change) => Some(parts::change(&mut transaction, change).await?),
                Write::ReplaceVerification(_) => {
                    match statements
                        .run(&transaction, program, epoch, Kind::of(&job.write), std::slice::from_ref(job))
                        .await?
                        .as_deref()
                    {
                        Some([Decision::Made(written)]) => Some(*written),
                        _ => None,
                    }
                }
            };
            transaction.commit().await?;
            Ok::<_, PgError>(Some((written, epoch)))
        };
        let outcome = timeout_at(until, work).await.unwrap_or_else(|_| Err(late()))?;
        let Some((written, epoch)) = outcome else {
            self.node.refresh().await?;
            return Ok(None);
        };
        self.node.set_epoch(program, epoch);
        match session.was_warned() {
            true => Err(warned()),
            false => Ok(written),
        }
    }

    fn fail(&self, jobs: Vec<Job>, error: &PgError) {
        self.node.counters.fail();
        let reason = error.reason();
        tracing::error!(calls = jobs.len(), reason, "writing failed");
        let failure = LedgerError::from(error.clone());
        answer(jobs.into_iter().map(|job| (job, Err(failure.clone()))));
    }
}

async fn send(session: &Session, known: Known, group: &Group, until: Instant) -> Outcome {
    let Group { program, kind, jobs } = group;
    match timeout_at(until, session.run(*program, known.epoch, *kind, jobs)).await {
        Ok(Ok(Some(decisions))) => Outcome::Decided(decisions),
        Ok(Ok(None)) => Outcome::Stale,
        Ok(Err(error)) => Outcome::PgError(error),
        Err(_) => Outcome::PgError(late()),
    }
}

fn gone() -> PgError {
    PgError::Lost("the connection to the database is gone".into())
}

fn warned() -> PgError {
    PgError::Conflict("the database has warned that a standby may not have what was saved".into())
}

fn late() -> PgError {
    PgError::Lost("the database didn't answer in time".into())
}
