//! Makes what a tester asks for, as one transaction.

use tokio_postgres::{Client, IsolationLevel, Transaction};

use super::change_error::ChangeError;
use super::errors::PgError;
use super::exclusive::lock_program;
use super::node::{Node, Retry};
use super::{documents, members, programs, tokens};
use crate::ledger::{Change, Changed, LedgerError, ProgramId, Seed};

/// What nodes listen to.
pub const CHANNEL: &str = "sync_asmx";

/// Programs were made or removed just now.
const NOTE_REPLACEMENT: &str =
    "UPDATE ledger SET replaced_at = (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";

/// What is to be done to the ledger.
pub enum Work {
    /// If the directory still has this version.
    Change(u64, Box<Change>),
    Add(Seed),
}

impl Node {
    /// Does the work, and gives what became of it. This node knows the new directory then; the others are told.
    ///
    /// # Errors
    /// [`LedgerError`]; then nothing has changed, or nobody can tell.
    pub async fn make(&self, work: Work) -> Result<Changed, LedgerError> {
        let mut retry = Retry::patient();
        let warnings = self.connector.warnings();
        let changed = loop {
            let attempt = match self.client().await {
                Ok(mut client) => attempt(&mut client, &work, self.supports_notify()).await,
                Err(error) => Err(ChangeError::Failed(error)),
            };
            match attempt {
                Ok(changed) => break changed,
                Err(ChangeError::Refused(refusal)) => break refusal,
                Err(ChangeError::Failed(error)) => retry.again(error).await?,
            }
        };
        self.refresh().await?;
        self.confirm(warnings)?;
        Ok(changed)
    }
}

async fn attempt(client: &mut Client, work: &Work, supports_notify: bool) -> Result<Changed, ChangeError> {
    let transaction = begin(client).await?;
    let version = transaction.query_one("SELECT version FROM ledger FOR UPDATE", &[]).await?.get::<_, i64>(0);
    let (changed, concerned) = match work {
        Work::Change(expected, _) if *expected != version.unsigned_abs() => {
            return Err(ChangeError::Refused(Changed::Outdated));
        }
        Work::Change(_, change) => (make(&transaction, change).await?, concerned_program(change)),
        Work::Add(seed) => {
            programs::add_all(&transaction, &seed.programs).await?;
            (Changed::Made, Concerned::New)
        }
    };
    end(transaction, version, concerned, supports_notify).await?;
    Ok(changed)
}

/// Which programs a change concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concerned {
    /// Only members, which the directory doesn't have.
    Members,
    One(ProgramId),
    /// Those that are made anew.
    New,
}

fn concerned_program(change: &Change) -> Concerned {
    match change {
        Change::PutMember(..) | Change::AddMember(..) | Change::RemoveMember(..) => Concerned::Members,
        Change::PutToken(program, _) | Change::RemoveToken(program, _) | Change::EditProgram(program, _) => {
            Concerned::One(*program)
        }
        Change::ReplaceAll { .. } | Change::PutProgram(_) | Change::ResetProgram(_) | Change::RemoveProgram(_) => {
            Concerned::New
        }
    }
}

/// Makes a change inside a transaction that holds the ledger's row.
async fn make(transaction: &Transaction<'_>, change: &Change) -> Result<Changed, ChangeError> {
    match change {
        Change::ReplaceAll { seed, is_baseline } => {
            programs::replace_all(transaction, &seed.programs, *is_baseline).await
        }
        Change::PutProgram(seed) => programs::put(transaction, seed).await,
        Change::ResetProgram(seed) => programs::reset(transaction, seed).await,
        Change::RemoveProgram(program) => programs::remove(transaction, *program).await,
        Change::PutMember(program, member) => {
            take(transaction, *program).await?;
            let settings = documents::read(transaction, *program).await?.settings;
            members::put(transaction, *program, &settings, member).await
        }
        Change::AddMember(program, member) => {
            take(transaction, *program).await?;
            let settings = documents::read(transaction, *program).await?.settings;
            members::add_if_missing(transaction, *program, &settings, member).await
        }
        Change::RemoveMember(program, member) => {
            take(transaction, *program).await?;
            members::remove(transaction, *program, *member).await
        }
        Change::PutToken(program, token) => {
            take(transaction, *program).await?;
            tokens::put(transaction, *program, token).await
        }
        Change::RemoveToken(program, token) => {
            take(transaction, *program).await?;
            tokens::remove(transaction, *program, token).await
        }
        Change::EditProgram(program, edit) => {
            take(transaction, *program).await?;
            documents::edit(transaction, *program, edit).await
        }
    }
}

async fn take(transaction: &Transaction<'_>, program: ProgramId) -> Result<(), ChangeError> {
    lock_program(transaction, program).await?.map(drop).ok_or(ChangeError::Refused(Changed::NotFound))
}

/// Gives what has changed its new version, commits, and tells the other nodes.
///
/// # Errors
/// [`ChangeError`].
pub async fn end(
    transaction: Transaction<'_>,
    version: i64,
    concerned: Concerned,
    supports_notify: bool,
) -> Result<(), ChangeError> {
    let next = version + 1;
    match concerned {
        Concerned::Members => {}
        Concerned::One(program) => {
            let sql = "UPDATE program SET version = $2 WHERE program_id = $1";
            transaction.execute(sql, &[&program.0, &next]).await?;
        }
        Concerned::New => {
            transaction.execute("UPDATE program SET version = $1 WHERE version = 0", &[&next]).await?;
            transaction.execute(NOTE_REPLACEMENT, &[]).await?;
        }
    }
    if concerned != Concerned::Members {
        transaction.execute("UPDATE ledger SET version = $1", &[&next]).await?;
    }
    if supports_notify {
        tell(&transaction).await?;
    }
    Ok(commit(transaction).await?)
}

/// Tells all nodes to look for what has changed, once the transaction is committed.
///
/// # Errors
/// [`PgError`].
pub async fn tell(transaction: &Transaction<'_>) -> Result<(), PgError> {
    transaction.execute("SELECT pg_notify($1, '')", &[&CHANNEL]).await?;
    Ok(())
}

/// Begins a transaction in which locks settle everything, whatever isolation the operator has set: each statement sees what was
/// committed before it. At a higher level, all would see what was there before the locks were had, and be refused for as long as
/// others don't stop.
///
/// # Errors
/// [`PgError`].
pub async fn begin(client: &mut Client) -> Result<Transaction<'_>, PgError> {
    Ok(client.build_transaction().isolation_level(IsolationLevel::ReadCommitted).start().await?)
}

/// Commits. A commit that nobody answers isn't tried again: it may be done.
///
/// # Errors
/// [`PgError`].
pub async fn commit(transaction: Transaction<'_>) -> Result<(), PgError> {
    transaction.commit().await.map_err(|error| match PgError::from(error) {
        PgError::Lost(reason) => PgError::Refused(format!("the change may be made, or not: {reason}")),
        other => other,
    })
}
