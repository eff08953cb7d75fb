//! Reads and writes proofs of ownership.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

use jiff::Timestamp;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, GenericClient, Row, Transaction};

use super::change::begin;
use super::directory::{from_json, json};
use super::errors::Trouble;
use super::refusal::Stop;
use super::swap::Swap;
use crate::domain::{E164, ProgramSettings, Purpose, Verification, VerificationKey};
use crate::ledger::proofs::kept_until;
use crate::ledger::{FoundProof, MOST_PROOFS, ProgramId, ReplaceVerification, Revision, VerificationState};

const FIND: &str = "
    SELECT verification, revision FROM verification
    WHERE program_id = $1 AND purpose = $2 AND number = $3 AND account = $4";

const INSERT: &str = "
    INSERT INTO verification (program_id, purpose, number, account, verification, revision, kept_until)
    SELECT $1::bigint, $2::text, $3::bigint, $4::text, $5::text, $6::bigint, $7::bigint
    WHERE (SELECT count(*) FROM (SELECT 1 FROM verification WHERE program_id = $1 AND account = $4 LIMIT $8) AS own) < $8
    ON CONFLICT DO NOTHING";

const INSERT_ALL: &str = "
    INSERT INTO verification (program_id, purpose, number, account, verification, revision, kept_until)
    SELECT $1, new.* FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[], $7::bigint[]) AS new";

const UPDATE: &str = "
    UPDATE verification SET verification = $5, revision = $6, kept_until = $7
    WHERE program_id = $1 AND purpose = $2 AND number = $3 AND account = $4 AND revision = $8";

const DELETE: &str = "
    DELETE FROM verification
    WHERE program_id = $1 AND purpose = $2 AND number = $3 AND account = $4 AND revision = $5";

/// A number's digits as the database keeps them.
fn digits(number: E164) -> i64 {
    number.digits().cast_signed()
}

/// A proof, and the revision it is in.
///
/// # Errors
/// [`Trouble`].
pub async fn find(
    client: &impl GenericClient,
    program: ProgramId,
    key: &VerificationKey,
) -> Result<Option<(Verification, Revision)>, Trouble> {
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
/// [`Trouble`].
pub async fn accounts(
    client: &Client,
    program: ProgramId,
    purpose: Purpose,
    number: E164,
) -> Result<Vec<String>, Trouble> {
    let sql = "SELECT account FROM verification WHERE program_id = $1 AND purpose = $2 AND number = $3
               ORDER BY account COLLATE \"C\"";
    let rows = client.query(sql, &[&program.0, &purpose.as_str(), &digits(number)]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// A change of one proof, and whether it came to nothing because the account has too many.
pub struct Replacement {
    change: ReplaceVerification,
    is_full: AtomicBool,
}

impl Replacement {
    pub fn new(change: ReplaceVerification) -> Self {
        Self { change, is_full: AtomicBool::new(false) }
    }

    /// Whether the account has as many proofs as it may have.
    pub fn is_full(&self) -> bool {
        self.is_full.load(Relaxed)
    }

    async fn make(&self, transaction: &Transaction<'_>) -> Result<bool, Trouble> {
        let ReplaceVerification { program, key, from, to, next, kept_until } = &self.change;
        let VerificationKey { purpose, account, number } = key;
        let (program_id, purpose, number) = (program.0, purpose.as_str(), digits(*number));
        let changed = match (from, to) {
            (None, None) => return Ok(find(transaction, *program, key).await?.is_none()),
            (None, Some(content)) => {
                let most = i64::from(MOST_PROOFS);
                let made: [&(dyn ToSql + Sync); 8] =
                    [&program_id, &purpose, &number, account, content, &next.0, kept_until, &most];
                let made = transaction.execute(INSERT, &made).await?;
                let is_full = made == 0 && find(transaction, *program, key).await?.is_none();
                self.is_full.store(is_full, Relaxed);
                made
            }
            (Some(from), Some(content)) => {
                let replaced: [&(dyn ToSql + Sync); 8] =
                    [&program_id, &purpose, &number, account, content, &next.0, kept_until, &from.0];
                transaction.execute(UPDATE, &replaced).await?
            }
            (Some(from), None) => {
                transaction.execute(DELETE, &[&program_id, &purpose, &number, account, &from.0]).await?
            }
        };
        Ok(changed > 0)
    }

    /// Whether an earlier try has made it. One that was to remove the proof has, if it is gone; one whose proof others have
    /// changed since hasn't, as far as can be told, and its caller looks anew: so a try may be counted twice, but never not at all.
    async fn was_made(&self, transaction: &Transaction<'_>) -> Result<bool, Trouble> {
        let ReplaceVerification { program, key, to, next, .. } = &self.change;
        let present = find(transaction, *program, key).await?.map(|(_, revision)| revision);
        Ok(present == to.as_ref().map(|_| *next))
    }
}

/// As a save does, it shares the lock of the program's epoch, so that nothing is left of a program that goes meanwhile. Whoever
/// doubts takes the lock alone: then an earlier try of a lost connection has come to its end, for it held the lock before it
/// changed anything. Without that, it might be done only after a later change, and bring back what that one has removed.
impl Swap for Replacement {
    async fn attempt(&self, client: &mut Client, is_in_doubt: bool) -> Result<bool, Trouble> {
        let transaction = begin(client).await?;
        let lock = if is_in_doubt { "UPDATE" } else { "SHARE" };
        let sql = format!("SELECT 1 FROM program_epoch WHERE program_id = $1 FOR {lock}");
        if transaction.query_opt(&sql, &[&self.change.program.0]).await?.is_none() {
            return Ok(false);
        }
        if is_in_doubt && self.was_made(&transaction).await? {
            return Ok(true);
        }
        let is_made = self.make(&transaction).await?;
        transaction.commit().await?;
        Ok(is_made)
    }
}

/// Adds the proofs of a seed.
///
/// # Errors
/// [`Stop`].
pub async fn add_all(
    transaction: &Transaction<'_>,
    program: ProgramId,
    settings: &ProgramSettings,
    verifications: &[(VerificationKey, Verification)],
) -> Result<(), Stop> {
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
/// [`Trouble`].
pub async fn read(client: &impl GenericClient, program: ProgramId) -> Result<Vec<VerificationState>, Trouble> {
    let sql = "SELECT purpose, number, account, verification FROM verification
               WHERE program_id = $1 ORDER BY purpose COLLATE \"C\", number, account COLLATE \"C\"";
    client.query(sql, &[&program.0]).await?.iter().map(state).collect()
}

/// Some proofs of a program behind one of them.
///
/// # Errors
/// [`Trouble`].
pub async fn list(
    client: &Client,
    program: ProgramId,
    after: Option<&VerificationKey>,
    limit: u32,
) -> Result<Vec<VerificationState>, Trouble> {
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
/// [`Trouble`].
pub async fn of_account(client: &Client, program: ProgramId, account: &str) -> Result<Vec<FoundProof>, Trouble> {
    let sql = "SELECT purpose, number, account, verification, program_id, revision FROM verification
               WHERE program_id = $1 AND account = $2 ORDER BY kept_until LIMIT $3";
    let rows = client.query(sql, &[&program.0, &account, &i64::from(2 * MOST_PROOFS)]).await?;
    rows.iter().map(found).collect()
}

/// Proofs that were to be kept until then.
///
/// # Errors
/// [`Trouble`].
pub async fn due(client: &Client, then: Timestamp, limit: u32) -> Result<Vec<FoundProof>, Trouble> {
    let sql = "SELECT purpose, number, account, verification, program_id, revision FROM verification
               WHERE kept_until <= $1 ORDER BY kept_until LIMIT $2";
    let rows = client.query(sql, &[&then.as_millisecond(), &i64::from(limit)]).await?;
    rows.iter().map(found).collect()
}

fn state(row: &Row) -> Result<VerificationState, Trouble> {
    let VerificationKey { purpose, account, number } = read_key(row)?;
    Ok(VerificationState { purpose, number: number.to_string(), account, verification: from_json(row.get(3))? })
}

fn found(row: &Row) -> Result<FoundProof, Trouble> {
    Ok(FoundProof {
        program: ProgramId(row.get(4)),
        key: read_key(row)?,
        verification: from_json(row.get(3))?,
        revision: Revision(row.get(5)),
    })
}

fn read_key(row: &Row) -> Result<VerificationKey, Trouble> {
    let strange = |what: &str| Trouble::Refused(format!("a row of the table verification has no {what}"));
    Ok(VerificationKey {
        purpose: Purpose::named(row.get(0)).ok_or_else(|| strange("purpose"))?,
        account: row.get(2),
        number: E164::new(row.get::<_, i64>(1).unsigned_abs()).ok_or_else(|| strange("number"))?,
    })
}
