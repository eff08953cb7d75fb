//! Saves one value of a program that nobody else writes to meanwhile: what is shared, or is to be, takes several statements.
//!
//! The rules are those of every ledger: one row owns a key (`shared_as` 0), others may share it with marks of their own.

use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Transaction};

use super::errors::PgError;
use crate::domain::MemberId;
use crate::ledger::{ProgramId, Written};

const IS_MEMBER: &str = "SELECT EXISTS (SELECT 1 FROM member WHERE program_id = $1 AND member_id = $2)";

/// The statements of a table of values that one member may hold at most. Their parameters are those of [`UniqueRow`].
pub struct Statements {
    /// By slot: `shared_as`, `has_sharers` and the key.
    pub find: &'static str,
    /// By row.
    pub put: &'static str,
    /// By key: notes in the owner's row that somebody shares it.
    pub note_sharer: &'static str,
    /// By key and member: who else holds it, its owner first.
    pub find_holder: &'static str,
    /// By key: makes one of those who share it its owner.
    pub hand_over: &'static str,
    /// By key: a mark that none of those who share it has.
    pub next_mark: &'static str,
}

/// Parameters of a statement.
pub type Parameters<'a> = Vec<Box<dyn ToSql + Sync + Send + 'a>>;

/// A row of a table of unique values.
pub trait UniqueRow: Sync {
    const SQL: Statements;
    type Key: PartialEq + Send + Sync;

    fn program(&self) -> ProgramId;
    fn member(&self) -> MemberId;
    fn key(&self) -> Self::Key;
    fn may_be_shared(&self) -> bool;
    /// Where the value goes.
    fn slot(&self) -> Parameters<'_>;
    /// What is written there.
    fn details(&self) -> Parameters<'_>;
    fn key_parameters(key: &Self::Key) -> Parameters<'_>;
    fn read_key(row: &Row, first: usize) -> Self::Key;
}

/// Takes a program for this transaction alone: waits for the writes that are under way, and makes a new epoch, so that none that was
/// prepared before is run after. `None` if there is no such program.
///
/// # Errors
/// [`PgError`].
pub async fn lock_program(transaction: &Transaction<'_>, program: ProgramId) -> Result<Option<i64>, PgError> {
    let sql = "UPDATE program_epoch SET epoch = epoch + 1 WHERE program_id = $1 RETURNING epoch";
    Ok(transaction.query_opt(sql, &[&program.0]).await?.map(|row| row.get(0)))
}

async fn query<'a>(
    transaction: &Transaction<'_>,
    sql: &str,
    program: ProgramId,
    parameters: impl IntoIterator<Item = Parameters<'a>>,
) -> Result<Vec<Row>, PgError> {
    let parameters: Vec<_> = parameters.into_iter().flatten().collect();
    let own: [&(dyn ToSql + Sync); 1] = [&program.0];
    let all: Vec<_> = own.into_iter().chain(parameters.iter().map(|one| &**one as &(dyn ToSql + Sync))).collect();
    Ok(transaction.query(sql, &all).await?)
}

/// Saves in a transaction that has the program to itself.
///
/// # Errors
/// [`PgError`].
pub async fn save<U: UniqueRow>(transaction: &Transaction<'_>, row: &U) -> Result<Written, PgError> {
    let program = row.program();
    let current = query(transaction, U::SQL.find, program, [row.slot()]).await?;
    let current = current.first().map(|found| (found.get::<_, i64>(0), found.get::<_, bool>(1), U::read_key(found, 2)));
    if current.is_none() && !is_member(transaction, program, row.member()).await? {
        return Ok(Written::NoSuchMember);
    }
    if !row.may_be_shared() && find_holder(transaction, row).await?.is_some() {
        return Ok(Written::HeldByAnotherMember);
    }
    let key = row.key();
    let (shared_as, has_sharers) = match &current {
        Some((shared_as, has_sharers, old)) if *old == key => (*shared_as, *has_sharers),
        _ => {
            let owner = query(transaction, U::SQL.note_sharer, program, [U::key_parameters(&key)]).await?;
            let mark = if owner.is_empty() { 0 } else { next_mark::<U>(transaction, program, &key).await? };
            (mark, false)
        }
    };
    let marks: Parameters<'_> = vec![Box::new(shared_as), Box::new(has_sharers)];
    let was_owner = match current {
        Some((0, true, old)) if old != key => Some(old),
        _ => None,
    };
    query(transaction, U::SQL.put, program, [row.slot(), U::key_parameters(&key), marks, row.details()]).await?;
    if let Some(old) = was_owner {
        hand_over::<U>(transaction, program, &old).await?;
    }
    Ok(Written::Done)
}

async fn next_mark<U: UniqueRow>(
    transaction: &Transaction<'_>,
    program: ProgramId,
    key: &U::Key,
) -> Result<i64, PgError> {
    let rows = query(transaction, U::SQL.next_mark, program, [U::key_parameters(key)]).await?;
    Ok(rows.first().map_or(1, |row| row.get(0)))
}

/// Whether the program has this member.
///
/// # Errors
/// [`PgError`].
pub async fn is_member(transaction: &Transaction<'_>, program: ProgramId, member: MemberId) -> Result<bool, PgError> {
    Ok(transaction.query_one(IS_MEMBER, &[&program.0, &member.0]).await?.get(0))
}

/// Hands over the key of a row that was removed, which gave `shared_as`, `has_sharers` and the key.
///
/// # Errors
/// [`PgError`].
pub async fn hand_over_removed<U: UniqueRow>(
    transaction: &Transaction<'_>,
    program: ProgramId,
    row: &Row,
) -> Result<(), PgError> {
    match (row.get::<_, i64>(0), row.get::<_, bool>(1)) {
        (0, true) => hand_over::<U>(transaction, program, &U::read_key(row, 2)).await,
        _ => Ok(()),
    }
}

async fn hand_over<U: UniqueRow>(
    transaction: &Transaction<'_>,
    program: ProgramId,
    key: &U::Key,
) -> Result<(), PgError> {
    query(transaction, U::SQL.hand_over, program, [U::key_parameters(key)]).await.map(drop)
}

/// Another member who holds the key: its owner, or one who shares it.
///
/// # Errors
/// [`PgError`].
pub async fn find_holder<U: UniqueRow>(transaction: &Transaction<'_>, row: &U) -> Result<Option<MemberId>, PgError> {
    let key = row.key();
    let member: Parameters<'_> = vec![Box::new(row.member().0)];
    let rows = query(transaction, U::SQL.find_holder, row.program(), [U::key_parameters(&key), member]).await?;
    Ok(rows.first().map(|row| MemberId(row.get(0))))
}
