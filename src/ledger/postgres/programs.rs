//! Makes and removes whole programs.

use tokio_postgres::Transaction;

use super::change_error::ChangeError;
use super::directory::json;
use super::errors::PgError;
use super::exclusive::lock_program;
use super::{documents, many_members, states, tokens, verifications};
use crate::ledger::seed::ProgramSeed;
use crate::ledger::{Changed, ProgramId};

/// What belongs to a program, and is gone with it.
const CONTENT: [&str; 8] =
    ["phone", "part", "member", "security_token", "companion_caller", "verification", "program_epoch", "program"];

/// Gives a new program its number, which none had before it.
///
/// # Errors
/// [`PgError`].
pub async fn number(transaction: &Transaction<'_>) -> Result<ProgramId, PgError> {
    let sql = "UPDATE ledger SET last_program_id = last_program_id + 1 RETURNING last_program_id";
    Ok(ProgramId(transaction.query_one(sql, &[]).await?.get(0)))
}

/// Adds programs with all that is in them.
///
/// # Errors
/// [`ChangeError`].
pub async fn add_all(transaction: &Transaction<'_>, programs: &[ProgramSeed]) -> Result<Vec<ProgramId>, ChangeError> {
    let mut ids = Vec::with_capacity(programs.len());
    for program in programs {
        ids.push(add(transaction, program).await?);
    }
    Ok(ids)
}

/// Adds a program without its members, under a number of its own.
///
/// # Errors
/// [`ChangeError`].
pub async fn add_frame(transaction: &Transaction<'_>, id: ProgramId, seed: &ProgramSeed) -> Result<(), ChangeError> {
    let sql = "INSERT INTO program (program_id, name, document, version) VALUES ($1, $2, $3, 0) ON CONFLICT DO NOTHING";
    if transaction.execute(sql, &[&id.0, &seed.name, &json(&seed.document)?]).await? == 0 {
        return Err(ChangeError::Refused(Changed::ProgramTwice(seed.name.clone())));
    }
    transaction.execute("INSERT INTO program_epoch (program_id, epoch) VALUES ($1, 1)", &[&id.0]).await?;
    for token in &seed.security_tokens {
        tokens::put(transaction, id, token).await?;
    }
    documents::put_callers(transaction, id, &seed.document.companions).await?;
    verifications::add_all(transaction, id, &seed.document.settings, &seed.verifications).await
}

async fn add(transaction: &Transaction<'_>, seed: &ProgramSeed) -> Result<ProgramId, ChangeError> {
    let id = number(transaction).await?;
    add_frame(transaction, id, seed).await?;
    many_members::add(transaction, id, &seed.document.settings, &seed.members).await?;
    many_members::settle_owners(transaction, id, &seed.document.settings).await?;
    Ok(id)
}

/// Removes all programs with smaller numbers than this one.
///
/// # Errors
/// [`PgError`].
pub async fn clear_before(transaction: &Transaction<'_>, first: ProgramId) -> Result<(), PgError> {
    transaction.execute("UPDATE program_epoch SET epoch = epoch + 1 WHERE program_id < $1", &[&first.0]).await?;
    for table in ["program_origin"].iter().chain(&CONTENT) {
        transaction.execute(&format!("DELETE FROM {table} WHERE program_id < $1"), &[&first.0]).await?;
    }
    Ok(())
}

/// Removes everything, then adds programs.
///
/// # Errors
/// [`ChangeError`].
pub async fn replace_all(
    transaction: &Transaction<'_>,
    programs: &[ProgramSeed],
    is_baseline: bool,
) -> Result<Changed, ChangeError> {
    clear_before(transaction, ProgramId(i64::MAX)).await?;
    for id in add_all(transaction, programs).await? {
        if is_baseline {
            keep_baseline(transaction, id).await?;
        }
    }
    Ok(Changed::Replaced)
}

/// Makes a program or replaces the one of that name, and keeps what it was put as.
///
/// # Errors
/// [`ChangeError`].
pub async fn put(transaction: &Transaction<'_>, seed: &ProgramSeed) -> Result<Changed, ChangeError> {
    let older = find(transaction, &seed.name).await?;
    if let Some(older) = older {
        remove_baseline(transaction, older).await?;
        remove_content(transaction, older).await?;
    }
    let id = add(transaction, seed).await?;
    keep_baseline(transaction, id).await?;
    Ok(if older.is_some() { Changed::Replaced } else { Changed::Made })
}

/// Replaces the program of that name, but not what it was put as.
///
/// # Errors
/// [`ChangeError`].
pub async fn reset(transaction: &Transaction<'_>, seed: &ProgramSeed) -> Result<Changed, ChangeError> {
    let older = find(transaction, &seed.name).await?.ok_or(ChangeError::Refused(Changed::NotFound))?;
    remove_content(transaction, older).await?;
    let id = add(transaction, seed).await?;
    let sql = "UPDATE program_origin SET program_id = $2 WHERE program_id = $1";
    transaction.execute(sql, &[&older.0, &id.0]).await?;
    Ok(Changed::Replaced)
}

/// Removes a program with everything in it.
///
/// # Errors
/// [`ChangeError`].
pub async fn remove(transaction: &Transaction<'_>, id: ProgramId) -> Result<Changed, ChangeError> {
    remove_baseline(transaction, id).await?;
    match remove_content(transaction, id).await? {
        true => Ok(Changed::Removed),
        false => Err(ChangeError::Refused(Changed::NotFound)),
    }
}

/// Keeps a part of what a program is put as: part 0 is the program without members, the others have members.
///
/// # Errors
/// [`PgError`].
pub async fn keep_part(transaction: &Transaction<'_>, id: ProgramId, part: i32, state: &str) -> Result<(), PgError> {
    let sql = "INSERT INTO program_origin (program_id, part, state) VALUES ($1, $2, $3)";
    transaction.execute(sql, &[&id.0, &part, &state]).await?;
    Ok(())
}

/// Keeps a program as it is now.
async fn keep_baseline(transaction: &Transaction<'_>, id: ProgramId) -> Result<(), ChangeError> {
    let frame = states::read_frame(transaction, id).await?.ok_or(ChangeError::Refused(Changed::NotFound))?;
    let mut pages = states::Pages::new(transaction, id).await?;
    keep_part(transaction, id, 0, &json(&frame)?).await?;
    let mut part = 1;
    while let Some(members) = pages.next(transaction).await? {
        keep_part(transaction, id, part, &json(&members)?).await?;
        part += 1;
    }
    Ok(())
}

async fn find(transaction: &Transaction<'_>, name: &str) -> Result<Option<ProgramId>, PgError> {
    let sql = "SELECT program_id FROM program WHERE name = $1";
    Ok(transaction.query_opt(sql, &[&name]).await?.map(|row| ProgramId(row.get(0))))
}

async fn remove_baseline(transaction: &Transaction<'_>, id: ProgramId) -> Result<(), PgError> {
    transaction.execute("DELETE FROM program_origin WHERE program_id = $1", &[&id.0]).await?;
    Ok(())
}

/// Removes all but the baseline; says whether the program was there. No other program has its numbers, so nobody is left to hand
/// them over to.
async fn remove_content(transaction: &Transaction<'_>, id: ProgramId) -> Result<bool, PgError> {
    if lock_program(transaction, id).await?.is_none() {
        return Ok(false);
    }
    for table in CONTENT {
        transaction.execute(&format!("DELETE FROM {table} WHERE program_id = $1"), &[&id.0]).await?;
    }
    Ok(true)
}
