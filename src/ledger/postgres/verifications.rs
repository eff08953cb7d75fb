//! Reads and writes proofs of ownership.

use tokio_postgres::{Client, GenericClient, Transaction};

use super::change::begin;
use super::directory::{from_json, json};
use super::errors::Trouble;
use super::refusal::Stop;
use super::swap::Swap;
use crate::domain::{E164, Purpose, Verification, VerificationKey};
use crate::ledger::{ProgramId, Revision, VerificationState};

const FIND: &str = "
    SELECT verification, revision FROM verification
    WHERE program_id = $1 AND purpose = $2 AND number = $3 AND account = $4";

const INSERT: &str = "
    INSERT INTO verification (program_id, purpose, number, account, verification, revision)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";

const INSERT_ALL: &str = "
    INSERT INTO verification (program_id, purpose, number, account, verification, revision)
    SELECT $1, new.* FROM unnest($2::text[], $3::bigint[], $4::text[], $5::text[], $6::bigint[]) AS new";

const UPDATE: &str = "
    UPDATE verification SET verification = $5, revision = $6
    WHERE program_id = $1 AND purpose = $2 AND number = $3 AND account = $4 AND revision = $7";

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

/// A change of one proof.
pub struct Replacement {
    program: ProgramId,
    key: VerificationKey,
    from: Option<Revision>,
    to: Option<Verification>,
    /// The revision that it is in afterwards.
    next: Revision,
}

impl Replacement {
    pub fn new(program: ProgramId, key: &VerificationKey, from: Option<Revision>, to: Option<Verification>) -> Self {
        Self { program, key: key.clone(), from, to, next: Revision::random() }
    }

    async fn make(&self, transaction: &Transaction<'_>) -> Result<bool, Trouble> {
        let content = self.to.as_ref().map(json).transpose()?;
        let (next, program, VerificationKey { purpose, account, number }) = (self.next.0, self.program.0, &self.key);
        let (purpose, number) = (purpose.as_str(), digits(*number));
        let changed = match (self.from, &content) {
            (None, None) => return Ok(find(transaction, self.program, &self.key).await?.is_none()),
            (None, Some(content)) => {
                transaction.execute(INSERT, &[&program, &purpose, &number, account, content, &next]).await?
            }
            (Some(from), Some(content)) => {
                transaction.execute(UPDATE, &[&program, &purpose, &number, account, content, &next, &from.0]).await?
            }
            (Some(from), None) => transaction.execute(DELETE, &[&program, &purpose, &number, account, &from.0]).await?,
        };
        Ok(changed > 0)
    }

    /// Whether an earlier try has made it. One that was to remove the proof has, if it is gone; one whose proof others have
    /// changed since hasn't, as far as can be told, and its caller looks anew: so a try may be counted twice, but never not at all.
    async fn was_made(&self, transaction: &Transaction<'_>) -> Result<bool, Trouble> {
        let present = find(transaction, self.program, &self.key).await?.map(|(_, revision)| revision);
        Ok(present == self.to.as_ref().map(|_| self.next))
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
        if transaction.query_opt(&sql, &[&self.program.0]).await?.is_none() {
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
    verifications: &[(VerificationKey, Verification)],
) -> Result<(), Stop> {
    let purposes: Vec<_> = verifications.iter().map(|(key, _)| key.purpose.as_str()).collect();
    let numbers: Vec<_> = verifications.iter().map(|(key, _)| digits(key.number)).collect();
    let accounts: Vec<_> = verifications.iter().map(|(key, _)| key.account.as_str()).collect();
    let contents: Vec<_> =
        verifications.iter().map(|(_, verification)| json(verification)).collect::<Result<_, _>>()?;
    let revisions: Vec<_> = verifications.iter().map(|_| Revision::random().0).collect();
    transaction.execute(INSERT_ALL, &[&program.0, &purposes, &numbers, &accounts, &contents, &revisions]).await?;
    Ok(())
}

/// All proofs of a program, as a seed would say them.
///
/// # Errors
/// [`Trouble`].
pub async fn read(client: &impl GenericClient, program: ProgramId) -> Result<Vec<VerificationState>, Trouble> {
    let strange = |what: &str| Trouble::Refused(format!("a row of the table verification has no {what}"));
    let sql = "SELECT purpose, number, account, verification FROM verification
               WHERE program_id = $1 ORDER BY purpose COLLATE \"C\", number, account COLLATE \"C\"";
    let rows = client.query(sql, &[&program.0]).await?;
    let state = |row: &tokio_postgres::Row| {
        let number = E164::new(row.get::<_, i64>(1).unsigned_abs()).ok_or_else(|| strange("number"))?;
        Ok(VerificationState {
            purpose: Purpose::named(row.get(0)).ok_or_else(|| strange("purpose"))?,
            number: number.to_string(),
            account: row.get(2),
            verification: from_json(row.get(3))?,
        })
    };
    rows.iter().map(state).collect()
}
