//! Reads and writes proofs of ownership.

use jiff::Timestamp;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, GenericClient, Row, Transaction};

use super::change_error::ChangeError;
use super::directory::{from_json, json};
use super::errors::PgError;
use crate::domain::{E164, ProgramSettings, Purpose, Verification, VerificationKey};
use crate::ledger::proofs::kept_until;
use crate::ledger::{FoundProof, MOST_PROOFS, ProgramId, Revision, VerificationState};

const FIND: &str = "
    SELECT verification, revision FROM verification
    WHERE program_id = $1 AND purpose = $2 AND number = $3 AND account = $4";

const INSERT_ALL: &str = "
    INSERT INTO verification (program_id, purpose, number, account, verification, revision, kept_until, slot)
    SELECT $1, new.*, row_number() OVER (PARTITION BY account)
    FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[])
        AS new (purpose, number, account, verification, revision, kept_until)";

/// A number's digits as the database keeps them.
fn digits(number: E164) -> i64 {
    number.digits().cast_signed()
}

/// A proof, and the revision it is in.
///
/// # Errors
/// [`PgError`].
pub async fn find(
    client: &impl GenericClient,
    program: ProgramId,
    key: &VerificationKey,
) -> Result<Option<(Verification, Revision)>, PgError> {
    if key.account.contains('\0') {
        return Ok(None);
    }
    let (purpose, number) = (key.purpose.as_str(), digits(key.number));
    let row = client.query_opt(FIND, &[&program.0, &purpose, &number, &key.account]).await?;
    row.map(|row| Ok((from_json(row.get(0))?, Revision(row.get(1))))).transpose()
}

/// The accounts that have a proof of a number, by name.
///
/// # Errors
/// [`PgError`].
pub async fn accounts(
    client: &Client,
    program: ProgramId,
    purpose: Purpose,
    number: E164,
) -> Result<Vec<String>, PgError> {
    let sql = "SELECT account FROM verification WHERE program_id = $1 AND purpose = $2 AND number = $3
               ORDER BY account COLLATE \"C\"";
    let rows = client.query(sql, &[&program.0, &purpose.as_str(), &digits(number)]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Adds the proofs of a seed to a program that has none.
///
/// # Errors
/// [`ChangeError`].
pub async fn add_all(
    transaction: &Transaction<'_>,
    program: ProgramId,
    settings: &ProgramSettings,
    verifications: &[(VerificationKey, Verification)],
) -> Result<(), ChangeError> {
    let now = Timestamp::now();
    let kept: Vec<_> = verifications
        .iter()
        .map(|(_, verification)| kept_until(verification, &settings.verification_codes, now))
        .collect();
    let purposes: Vec<_> = verifications.iter().map(|(key, _)| key.purpose.as_str()).collect();
    let numbers: Vec<_> = verifications.iter().map(|(key, _)| digits(key.number)).collect();
    let accounts: Vec<_> = verifications.iter().map(|(key, _)| key.account.as_str()).collect();
    let contents: Vec<_> =
        verifications.iter().map(|(_, verification)| json(verification)).collect::<Result<_, _>>()?;
    let revisions: Vec<_> = verifications.iter().map(|_| Revision::random().0).collect();
    let added: [&(dyn ToSql + Sync); 7] = [&program.0, &purposes, &numbers, &accounts, &contents, &revisions, &kept];
    transaction.execute(INSERT_ALL, &added).await?;
    Ok(())
}

/// All proofs of a program, as a seed would say them.
///
/// # Errors
/// [`PgError`].
pub async fn read(client: &impl GenericClient, program: ProgramId) -> Result<Vec<VerificationState>, PgError> {
    let sql = "SELECT purpose, number, account, verification FROM verification
               WHERE program_id = $1 ORDER BY purpose COLLATE \"C\", number, account COLLATE \"C\"";
    client.query(sql, &[&program.0]).await?.iter().map(state).collect()
}

/// Some proofs of a program behind one of them.
///
/// # Errors
/// [`PgError`].
pub async fn list(
    client: &Client,
    program: ProgramId,
    after: Option<&VerificationKey>,
    limit: u32,
) -> Result<Vec<VerificationState>, PgError> {
    let sql = "SELECT purpose, number, account, verification FROM verification
               WHERE program_id = $1 AND (purpose COLLATE \"C\", number, account COLLATE \"C\") > ($2, $3, $4)
               ORDER BY purpose COLLATE \"C\", number, account COLLATE \"C\" LIMIT $5";
    let (purpose, number, account) =
        after.map_or(("", 0, ""), |key| (key.purpose.as_str(), digits(key.number), key.account.as_str()));
    let rows = client.query(sql, &[&program.0, &purpose, &number, &account, &i64::from(limit)]).await?;
    rows.iter().map(state).collect()
}

/// The proofs of an account, those that were written the longest time ago first.
///
/// # Errors
/// [`PgError`].
pub async fn of_account(client: &Client, program: ProgramId, account: &str) -> Result<Vec<FoundProof>, PgError> {
    let sql = "SELECT purpose, number, account, verification, program_id, revision FROM verification
               WHERE program_id = $1 AND account = $2 ORDER BY kept_until LIMIT $3";
    let rows = client.query(sql, &[&program.0, &account, &i64::from(2 * MOST_PROOFS)]).await?;
    rows.iter().map(found).collect()
}

/// Proofs that were to be kept until then.
///
/// # Errors
/// [`PgError`].
pub async fn due(client: &Client, then: Timestamp, limit: u32) -> Result<Vec<FoundProof>, PgError> {
    let sql = "SELECT purpose, number, account, verification, program_id, revision FROM verification
               WHERE kept_until <= $1 ORDER BY kept_until LIMIT $2";
    let rows = client.query(sql, &[&then.as_millisecond(), &i64::from(limit)]).await?;
    rows.iter().map(found).collect()
}

fn state(row: &Row) -> Result<VerificationState, PgError> {
    let VerificationKey { purpose, account, number } = read_key(row)?;
    Ok(VerificationState { purpose, number: number.to_string(), account, verification: from_json(row.get(3))? })
}

fn found(row: &Row) -> Result<FoundProof, PgError> {
    Ok(FoundProof {
        program: ProgramId(row.get(4)),
        key: read_key(row)?,
        verification: from_json(row.get(3))?,
        revision: Revision(row.get(5)),
    })
}

fn read_key(row: &Row) -> Result<VerificationKey, PgError> {
    let strange = |what: &str| PgError::Refused(format!("a row of the table verification has no {what}"));
    Ok(VerificationKey {
        purpose: Purpose::named(row.get(0)).ok_or_else(|| strange("purpose"))?,
        account: row.get(2),
        number: E164::new(row.get::<_, i64>(1).unsigned_abs()).ok_or_else(|| strange("number"))?,
    })
}
