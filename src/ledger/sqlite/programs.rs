//! Makes and removes whole programs.

use rusqlite::{Connection, OptionalExtension, params};

use super::change_error::ChangeError;
use super::{baselines, documents, json, members, tokens, verifications};
use crate::ledger::seed::{ProgramSeed, Seed};
use crate::ledger::{Changed, ProgramId};

/// Adds the programs of a checked seed.
pub fn add_all(connection: &Connection, seed: &Seed) -> Result<Vec<ProgramId>, ChangeError> {
    seed.programs.iter().map(|program| add(connection, program)).collect()
}

/// Removes everything, then adds the programs of a checked seed.
pub fn replace_all(connection: &Connection, seed: &Seed, is_baseline: bool) -> Result<Changed, ChangeError> {
    remove_all(connection)?;
    let ids = add_all(connection, seed)?;
    if is_baseline {
        ids.into_iter().try_for_each(|id| baselines::keep(connection, id))?;
    }
    Ok(Changed::Replaced)
}

/// Removes all programs.
pub fn remove_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "DELETE FROM program_origin; DELETE FROM phone; DELETE FROM part; DELETE FROM member; DELETE FROM security_token;
         DELETE FROM companion_caller; DELETE FROM verification;
         DELETE FROM program",
    )
}

/// Makes a program or replaces the one of that name, and keeps what it was put as.
pub fn put(connection: &Connection, seed: &ProgramSeed) -> Result<Changed, ChangeError> {
    let older = find(connection, &seed.name)?;
    if let Some(older) = older {
        baselines::remove(connection, older)?;
        remove_content(connection, older)?;
    }
    let id = add(connection, seed)?;
    baselines::keep(connection, id)?;
    Ok(if older.is_some() { Changed::Replaced } else { Changed::Made })
}

/// Replaces the program of that name, but not what it was put as.
pub fn reset(connection: &Connection, seed: &ProgramSeed) -> Result<Changed, ChangeError> {
    let older = find(connection, &seed.name)?.ok_or(ChangeError::Refused(Changed::NotFound))?;
    remove_content(connection, older)?;
    let id = add(connection, seed)?;
    baselines::hand_over(connection, older, id)?;
    Ok(Changed::Replaced)
}

/// Removes a program with everything in it.
pub fn remove(connection: &Connection, id: ProgramId) -> Result<Changed, ChangeError> {
    require(connection, id)?;
    baselines::remove(connection, id)?;
    remove_content(connection, id)?;
    Ok(Changed::Removed)
}

/// Refuses a change of a program that isn't there.
pub fn require(connection: &Connection, id: ProgramId) -> Result<(), ChangeError> {
    match exists(connection, id)? {
        true => Ok(()),
        false => Err(ChangeError::Refused(Changed::NotFound)),
    }
}

/// Whether there is such a program.
pub fn exists(connection: &Connection, id: ProgramId) -> rusqlite::Result<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM program WHERE program_id = ?1)";
    connection.prepare_cached(sql)?.query_row([id.0], |row| row.get(0))
}

/// The program of that name.
pub fn find(connection: &Connection, name: &str) -> rusqlite::Result<Option<ProgramId>> {
    let sql = "SELECT program_id FROM program WHERE name = ?1";
    connection.prepare_cached(sql)?.query_row([name], |row| row.get(0).map(ProgramId)).optional()
}

/// What belongs to a program, and is gone with it.
const CONTENT: [&str; 7] = ["phone", "part", "member", "security_token", "companion_caller", "verification", "program"];

/// Removes all but the baseline.
fn remove_content(connection: &Connection, id: ProgramId) -> rusqlite::Result<()> {
    // No other program has these numbers, so nobody is left to hand them over to.
    for table in CONTENT {
        connection.prepare_cached(&format!("DELETE FROM {table} WHERE program_id = ?1"))?.execute([id.0])?;
    }
    Ok(())
}

/// Adds a program that isn't there, with the members that the seed has.
pub fn add(connection: &Connection, seed: &ProgramSeed) -> Result<ProgramId, ChangeError> {
    let sql = "UPDATE ledger SET last_program_id = last_program_id + 1 RETURNING last_program_id";
    let id = connection.prepare_cached(sql)?.query_row([], |row| row.get(0).map(ProgramId))?;
    connection
        .prepare_cached("INSERT INTO program (program_id, name, document) VALUES (?1, ?2, ?3)")?
        .execute(params![id.0, seed.name, json(&seed.document)?])?;
    for token in &seed.security_tokens {
        tokens::put(connection, id, token)?;
    }
    documents::put_callers(connection, id, &seed.document.companions)?;
    verifications::add_all(connection, id, &seed.document.settings, &seed.verifications)?;
    for member in &seed.members {
        members::add(connection, id, member, &seed.document.settings)?;
    }
    Ok(id)
}
