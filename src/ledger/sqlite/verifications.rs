//! Reads and writes proofs of ownership.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::change_error::ChangeError;
use super::{from_json, json, programs};
use crate::domain::{E164, ProgramSettings, Purpose, Verification, VerificationKey};
use crate::ledger::proofs::kept_until;
use crate::ledger::{FoundProof, MOST_PROOFS, ProgramId, ReplaceVerification, Revision, VerificationState, Written};

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

const INSERT: &str = "INSERT INTO verification VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT DO NOTHING";

const UPDATE: &str = "
    UPDATE verification SET verification = ?5, revision = ?6, kept_until = ?7
    WHERE program_id = ?1 AND purpose = ?2 AND number = ?3 AND account = ?4 AND revision = ?8";

const DELETE: &str = "
    DELETE FROM verification
    WHERE program_id = ?1 AND purpose = ?2 AND number = ?3 AND account = ?4 AND revision = ?5";

const COUNT: &str = "
    SELECT count(*) FROM (SELECT 1 FROM verification WHERE program_id = ?1 AND account = ?2 LIMIT ?3)";

/// Makes, replaces or removes a proof that still is in that revision, or isn't there.
///
/// # Errors
/// Only failures of the database, after which the transaction must be rolled back.
pub fn replace(connection: &Connection, change: &ReplaceVerification) -> rusqlite::Result<Written> {
    let ReplaceVerification { program, key, from, to, next, kept_until } = change;
    if !programs::exists(connection, *program)? {
        return Ok(Written::Outdated);
    }
    let VerificationKey { purpose, account, number } = key;
    let purpose = purpose.as_str();
    let changed = match (from, to) {
        (None, None) => usize::from(find(connection, *program, key)?.is_none()),
        (None, Some(_)) if find(connection, *program, key)?.is_some() => 0,
        (None, Some(_)) if is_full(connection, *program, account)? => return Ok(Written::Full),
        (None, Some(content)) => connection
            .prepare_cached(INSERT)?
            .execute(params![program.0, purpose, number, account, content, next.0, kept_until])?,
        (Some(from), Some(content)) => connection
            .prepare_cached(UPDATE)?
            .execute(params![program.0, purpose, number, account, content, next.0, kept_until, from.0])?,
        (Some(from), None) => {
            connection.prepare_cached(DELETE)?.execute(params![program.0, purpose, number, account, from.0])?
        }
    };
    Ok(if changed > 0 { Written::Done } else { Written::Outdated })
}

fn is_full(connection: &Connection, program: ProgramId, account: &str) -> rusqlite::Result<bool> {
    let count: u32 =
        connection.prepare_cached(COUNT)?.query_row(params![program.0, account, MOST_PROOFS], |row| row.get(0))?;
    Ok(count >= MOST_PROOFS)
}

/// Adds the proofs of a seed, however many there are.
pub fn add_all(
    connection: &Connection,
    program: ProgramId,
    settings: &ProgramSettings,
    verifications: &[(VerificationKey, Verification)],
) -> Result<(), ChangeError> {
    let now = Timestamp::now();
    for (VerificationKey { purpose, account, number }, verification) in verifications {
        let kept_until = kept_until(verification, &settings.verification_codes, now);
        let (content, revision) = (json(verification)?, Revision::random().0);
        connection.prepare_cached(INSERT)?.execute(params![
            program.0,
            purpose.as_str(),
            number,
            account,
            content,
            revision,
            kept_until
        ])?;
    }
    Ok(())
}

/// Some proofs of a program behind one of them.
pub fn list(
    connection: &Connection,
    program: ProgramId,
    after: Option<&VerificationKey>,
    limit: u32,
) -> rusqlite::Result<Vec<VerificationState>> {
    let mut statement = connection.prepare_cached(
        "SELECT purpose, number, account, verification FROM verification
         WHERE program_id = ?1 AND (purpose, number, account) > (?2, ?3, ?4) ORDER BY purpose, number, account LIMIT ?5",
    )?;
    let (purpose, number, account) = after
        .map_or(("", 0, ""), |key| (key.purpose.as_str(), key.number.digits().cast_signed(), key.account.as_str()));
    statement.query_map(params![program.0, purpose, number, account, limit], state)?.collect()
}

/// The proofs of an account, those that were written the longest time ago first.
pub fn of_account(connection: &Connection, program: ProgramId, account: &str) -> rusqlite::Result<Vec<FoundProof>> {
    let sql = "SELECT purpose, number, account, verification, program_id, revision FROM verification
               WHERE program_id = ?1 AND account = ?2 ORDER BY kept_until LIMIT ?3";
    connection.prepare_cached(sql)?.query_map(params![program.0, account, 2 * MOST_PROOFS], found)?.collect()
}

/// Proofs that were to be kept until then.
pub fn due(connection: &Connection, then: Timestamp, limit: u32) -> rusqlite::Result<Vec<FoundProof>> {
    let sql = "SELECT purpose, number, account, verification, program_id, revision FROM verification
               WHERE kept_until <= ?1 ORDER BY kept_until LIMIT ?2";
    connection.prepare_cached(sql)?.query_map(params![then.as_millisecond(), limit], found)?.collect()
}

fn found(row: &Row<'_>) -> rusqlite::Result<FoundProof> {
    Ok(FoundProof {
        program: ProgramId(row.get(4)?),
        key: VerificationKey { purpose: purpose(row)?, account: row.get(2)?, number: row.get(1)? },
        verification: from_json(row, 3)?,
        revision: Revision(row.get(5)?),
    })
}

/// All proofs of a program, as a seed would say them.
pub fn read(connection: &Connection, program: ProgramId) -> rusqlite::Result<Vec<VerificationState>> {
    let sql = "SELECT purpose, number, account, verification FROM verification
               WHERE program_id = ?1 ORDER BY purpose, number, account";
    let mut statement = connection.prepare_cached(sql)?;
    statement.query_map([program.0], state)?.collect()
}

fn state(row: &Row<'_>) -> rusqlite::Result<VerificationState> {
    Ok(VerificationState {
        purpose: purpose(row)?,
        number: row.get::<_, E164>(1)?.to_string(),
        account: row.get(2)?,
        verification: from_json(row, 3)?,
    })
}

fn purpose(row: &Row<'_>) -> rusqlite::Result<Purpose> {
    let name: String = row.get(0)?;
    Purpose::named(&name).ok_or(rusqlite::Error::InvalidColumnType(0, name, rusqlite::types::Type::Text))
}
