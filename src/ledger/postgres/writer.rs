//! A writer: takes whatever saves wait, sends those of each program as one statement, and answers when they are on disk.

use std::sync::Arc;

use futures_util::future::join_all;
use tokio::time::{Duration, Instant, timeout_at};

use super::alone::{self, take_program};
use super::batch::Decision;
use super::errors::Trouble;
use super::node::{Known, Node, Tries};
use super::session::Session;
use super::waiting::{Job, answer};
use crate::ledger::{LedgerError, PhoneSaved, ProgramId};

/// How long a statement may take at least, however long its saves have waited already.
const SHORTEST: Duration = Duration::from_secs(2);

/// After so many tries that others were in the way of, saves are no longer sent together.
const TRIES_TOGETHER: u32 = 6;

/// One connection, and one batch at a time on it.
pub struct Writer {
    node: Arc<Node>,
    session: Option<Session>,
    most: usize,
    is_first: bool,
}

/// Saves of one program.
type Group = (ProgramId, Vec<Job>);

/// What became of a group's statement.
enum Outcome {
    Decided(Vec<Decision>),
    /// What it was prepared for is over; nothing was done.
    Stale,
    Trouble(Trouble),
}

impl Writer {
    /// A writer that takes so many saves at most at once. Others than the first help it out.
    pub fn new(node: Arc<Node>, most: usize, is_first: bool) -> Self {
        Self { node, session: None, most, is_first }
    }

    /// Works until the queue is closed and empty.
    pub async fn run(mut self) {
        while let Some(jobs) = self.next().await {
            self.node.counters.take(jobs.len());
            self.node.counters.batch(jobs.len());
            self.save(jobs).await;
        }
    }

    async fn next(&self) -> Option<Vec<Job>> {
        match self.is_first {
            true => self.node.waiting.take(self.most).await,
            false => self.node.waiting.take_over(self.most).await,
        }
    }

    /// Saves until all are answered.
    async fn save(&mut self, mut jobs: Vec<Job>) {
        let Some(until) = jobs.iter().map(|job| job.deadline).min() else { return };
        let until = until.max(Instant::now() + SHORTEST);
        let mut tries = Tries::until(until);
        while !jobs.is_empty() {
            let (left, result) = self.attempt(jobs, until, tries.count() >= TRIES_TOGETHER).await;
            jobs = left;
            let Err(trouble) = result else { continue };
            if let Err(trouble) = tries.again(trouble).await {
                self.fail(jobs, &trouble);
                return;
            }
        }
    }

    /// Answers what can be answered now; gives back the rest, and why it had to wait. Where others are in the way again and
    /// again, each save gets the program to `itself`: that takes longer, and can't fail so.
    async fn attempt(&mut self, jobs: Vec<Job>, until: Instant, itself: bool) -> (Vec<Job>, Result<(), Trouble>) {
        if let Err(trouble) = self.connect().await {
            return (jobs, Err(trouble));
        }
        let groups = match self.prepare(jobs, until).await {
            Ok(groups) => groups,
            Err((jobs, trouble)) => return (jobs, Err(trouble)),
        };
        let Some(session) = &self.session else { return (ungroup(groups), Err(gone())) };
        let outcomes = match itself {
            true => groups.iter().map(|(_, (_, jobs))| Outcome::Decided(vec![Decision::Alone; jobs.len()])).collect(),
            false => join_all(groups.iter().map(|(known, group)| send(session, *known, group, until))).await,
        };
        // A commit that was warned of may not be on the standby: none of these counts as done.
        let is_warned = session.was_warned();
        let mut left = Vec::new();
        let mut result = Ok(());
        for ((known, (program, jobs)), outcome) in groups.into_iter().zip(outcomes) {
            let settled = match outcome {
                Outcome::Decided(_) if is_warned => {
                    left.extend(jobs);
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
                    renewed.and(Err(Trouble::Conflict("the program is changed again and again".into())))
                }
                Outcome::Trouble(trouble) => {
                    if matches!(trouble, Trouble::Lost(_)) {
                        self.lose(program);
                    }
                    left.extend(jobs);
                    Err(trouble)
                }
            };
            result = result.and(settled);
        }
        (left, result)
    }

    /// Opens a session, unless there is one that is good.
    async fn connect(&mut self) -> Result<(), Trouble> {
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
        self.node.doubt(program);
    }

    /// Sorts saves by program and answers those that need no database: of programs that are gone, or derived from what has changed.
    async fn prepare(&mut self, jobs: Vec<Job>, until: Instant) -> Result<Vec<(Known, Group)>, (Vec<Job>, Trouble)> {
        let mut groups = Vec::new();
        let mut left = group(jobs).into_iter();
        while let Some((program, jobs)) = left.next() {
            if self.node.is_in_doubt(program)
                && let Err(trouble) = self.fence(program, until).await
            {
                let rest = left.flat_map(|(_, jobs)| jobs);
                let all = ungroup(groups).into_iter().chain(jobs).chain(rest).collect();
                return Err((all, trouble));
            }
            let Some(known) = self.node.known(program) else {
                let directory = self.node.directory().version();
                answer(jobs.into_iter().map(|job| {
                    let is_current = job.save.version == directory;
                    (job, Ok(if is_current { PhoneSaved::NoSuchMember } else { PhoneSaved::Outdated }))
                }));
                continue;
            };
            let (jobs, outdated): (Vec<_>, Vec<_>) =
                jobs.into_iter().partition(|job| job.save.version == known.version);
            answer(outdated.into_iter().map(|job| (job, Ok(PhoneSaved::Outdated))));
            if !jobs.is_empty() {
                groups.push((known, (program, jobs)));
            }
        }
        Ok(groups)
    }

    /// Makes a new epoch, so that no statement of a lost session is done after this: it is done by now, or never.
    async fn fence(&mut self, program: ProgramId, until: Instant) -> Result<(), Trouble> {
        let Some(session) = &mut self.session else { return Err(gone()) };
        let work = async {
            let transaction = session.client.transaction().await?;
            let epoch = take_program(&transaction, program).await?;
            transaction.commit().await?;
            Ok::<_, Trouble>(epoch)
        };
        let epoch = timeout_at(until, work).await.unwrap_or_else(|_| Err(late()));
        if let Some(epoch) = epoch.inspect_err(|_| self.session = None)? {
            self.node.set_epoch(program, epoch);
        }
        self.node.trust(program);
        Ok(())
    }

    /// Answers what is decided; gives back what has to be tried again.
    async fn settle(
        &mut self,
        known: Known,
        jobs: Vec<Job>,
        decisions: Vec<Decision>,
        until: Instant,
    ) -> (Vec<Job>, Result<(), Trouble>) {
        let mut answers = Vec::with_capacity(jobs.len());
        let (mut again, mut alone) = (Vec::new(), Vec::new());
        for (job, decision) in jobs.into_iter().zip(decisions) {
            match decision {
                Decision::Saved => answers.push((job, Ok(PhoneSaved::Saved))),
                Decision::Again => again.push(job),
                Decision::NoSuchMember => answers.push((job, Ok(PhoneSaved::NoSuchMember))),
                Decision::HeldByAnotherMember => answers.push((job, Ok(PhoneSaved::HeldByAnotherMember))),
                Decision::Alone => alone.push(job),
            }
        }
        answer(answers.into_iter());
        let mut alone = alone.into_iter();
        while let Some(job) = alone.next() {
            match self.save_alone(&job, known.version, until).await {
                Ok(Some(saved)) => answer(std::iter::once((job, Ok(saved)))),
                Ok(None) => again.push(job),
                Err(trouble) => {
                    if matches!(trouble, Trouble::Lost(_)) {
                        self.lose(job.save.program);
                    }
                    again.push(job);
                    again.extend(alone);
                    return (again, Err(trouble));
                }
            }
        }
        (again, Ok(()))
    }

    /// Saves one number in a transaction that has the program to itself. `None` if the program has changed; then nothing was done.
    async fn save_alone(&mut self, job: &Job, version: u64, until: Instant) -> Result<Option<PhoneSaved>, Trouble> {
        let Some(session) = &mut self.session else { return Err(gone()) };
        let save = &job.save;
        let work = async {
            let transaction = session.client.transaction().await?;
            let epoch = take_program(&transaction, save.program).await?;
            let sql = "SELECT version FROM program WHERE program_id = $1";
            let current = transaction.query_opt(sql, &[&save.program.0]).await?.map(|row| row.get::<_, i64>(0));
            let (Some(epoch), true) = (epoch, current == Some(version.cast_signed())) else { return Ok(None) };
            let saved = alone::save(&transaction, save).await?;
            transaction.commit().await?;
            Ok::<_, Trouble>(Some((saved, epoch)))
        };
        let saved = timeout_at(until, work).await.unwrap_or_else(|_| Err(late()))?;
        let Some((saved, epoch)) = saved else {
            self.node.refresh().await?;
            return Ok(None);
        };
        self.node.set_epoch(save.program, epoch);
        match session.was_warned() {
            true => Err(warned()),
            false => Ok(Some(saved)),
        }
    }

    fn fail(&self, jobs: Vec<Job>, trouble: &Trouble) {
        self.node.counters.fail();
        let reason = trouble.reason();
        tracing::error!(calls = jobs.len(), reason, "saving failed");
        let failure = LedgerError::from(trouble.clone());
        answer(jobs.into_iter().map(|job| (job, Err(failure.clone()))));
    }
}

async fn send(session: &Session, known: Known, (program, jobs): &Group, until: Instant) -> Outcome {
    let saves: Vec<_> = jobs.iter().map(|job| &job.save).collect();
    match timeout_at(until, session.save(*program, known.epoch, &saves)).await {
        Ok(Ok(Some(decisions))) => Outcome::Decided(decisions),
        Ok(Ok(None)) => Outcome::Stale,
        Ok(Err(trouble)) => Outcome::Trouble(trouble),
        Err(_) => Outcome::Trouble(late()),
    }
}

/// By program, each in its order.
fn group(jobs: Vec<Job>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::with_capacity(1);
    for job in jobs {
        match groups.iter_mut().find(|(program, _)| *program == job.save.program) {
            Some((_, group)) => group.push(job),
            None => groups.push((job.save.program, vec![job])),
        }
    }
    groups
}

fn ungroup(groups: Vec<(Known, Group)>) -> Vec<Job> {
    groups.into_iter().flat_map(|(_, (_, jobs))| jobs).collect()
}

fn gone() -> Trouble {
    Trouble::Lost("the connection to the database is gone".into())
}

fn warned() -> Trouble {
    Trouble::Conflict("the database has warned that a standby may not have what was saved".into())
}

fn late() -> Trouble {
    Trouble::Lost("the database didn't answer in time".into())
}
