//! Reads and writes proofs of ownership.

use rusqlite::{Connection, OptionalExtension, params};

use super::refusal::Stop;
use super::{from_json, json, programs};
use crate::domain::{E164, Purpose, Verification, VerificationKey};
use crate::ledger::{ProgramId, Revision, VerificationState};

const FIND: &str = "
    SELECT verification, revision FROM verification
    WHERE program_id = ?1 AND purpose = ?2 AND number = ?3 AND account = ?4";

/// A proof, and the revision it is in.
pub fn find(
    connection: &Connection,
    program: ProgramId,
    key: &VerificationKey,
) -> rusqlite::Result<Option<(Verification, Revision)>> {
    let VerificationKey { purpose, account, number } = key;
    connection
        .prepare_cached(FIND)?
        .query_row(params![program.0, purpose.as_str(), number, account], |row| {
            Ok((from_json(row, 0)?, Revision(row.get(1)?)))
        })
        .optional()
}

/// The accounts that have a proof of a number, by name.
pub fn accounts(
    connection: &Connection,
    program: ProgramId,
    purpose: Purpose,
    number: E164,
) -> rusqlite::Result<Vec<String>> {
    let sql =
        "SELECT account FROM verification WHERE program_id = ?1 AND purpose = ?2 AND number = ?3 ORDER BY account";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map(params![program.0, purpose.as_str(), number], |row| row.get(0))?.collect()
}

/// Makes, replaces or removes a proof that still is in that revision, or isn't there.
pub fn replace(
    connection: &Connection,
    program: ProgramId,
    key: &VerificationKey,
    from: Option<Revision>,
    to: Option<&Verification>,
) -> Result<bool, Stop> {
    programs::require(connection, program)?;
    let VerificationKey { purpose, account, number } = key;
    let content = to.map(json).transpose()?;
    let next = Revision::random().0;
    let changed = match (from, content) {
        (None, None) => return Ok(find(connection, program, key)?.is_none()),
        (None, Some(content)) => connection
            .prepare_cached("INSERT INTO verification VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING")?
            .execute(params![program.0, purpose.as_str(), number, account, content, next])?,
        (Some(from), Some(content)) => connection
            .prepare_cached(
                "UPDATE verification SET verification = ?5, revision = ?6
                 WHERE program_id = ?1 AND purpose = ?2 AND number = ?3 AND account = ?4 AND revision = ?7",
            )?
            .execute(params![program.0, purpose.as_str(), number, account, content, next, from.0])?,
        (Some(from), None) => connection
            .prepare_cached(
                "DELETE FROM verification
                 WHERE program_id = ?1 AND purpose = ?2 AND number = ?3 AND account = ?4 AND revision = ?5",
            )?
            .execute(params![program.0, purpose.as_str(), number, account, from.0])?,
    };
    Ok(changed > 0)
}

/// Adds the proofs of a seed.
pub fn add_all(
    connection: &Connection,
    program: ProgramId,
    verifications: &[(VerificationKey, Verification)],
) -> Result<(), Stop> {
    verifications
        .iter()
        .try_for_each(|(key, verification)| replace(connection, program, key, None, Some(verification)).map(drop))
}

/// All proofs of a program, as a seed would say them.
pub fn read(connection: &Connection, program: ProgramId) -> rusqlite::Result<Vec<VerificationState>> {
    let sql = "SELECT purpose, number, account, verification FROM verification
               WHERE program_id = ?1 ORDER BY purpose, number, account";
    let mut statement = connection.prepare_cached(sql)?;
    let states = statement.query_map([program.0], |row| {
        let purpose: String = row.get(0)?;
        let unknown = || rusqlite::Error::InvalidColumnType(0, purpose.clone(), rusqlite::types::Type::Text);
        Ok(VerificationState {
            purpose: Purpose::named(&purpose).ok_or_else(unknown)?,
            number: row.get::<_, E164>(1)?.to_string(),
            account: row.get(2)?,
            verification: from_json(row, 3)?,
        })
    })?;
    states.collect()
}
