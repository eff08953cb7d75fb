//! Reads and writes proofs of ownership.

use tokio_postgres::{Client, Transaction};

use super::directory::{from_json, json};
use super::errors::Trouble;
use super::node::{Node, Tries};
use super::refusal::Stop;
use crate::domain::{E164, Purpose, Verification, VerificationKey};
use crate::ledger::{LedgerError, ProgramId, Revision, VerificationState};

const FIND: &str = "
    SELECT verification, revision FROM verification
    WHERE program_id = $1 AND purpose = $2 AND number = $3 AND account = $4";

/// As saves do, these share the lock of the program's epoch, so that nothing is left of a program that goes meanwhile.
const CURRENT: &str = "
    WITH current AS MATERIALIZED (SELECT program_id FROM program_epoch WHERE program_id = $1 FOR SHARE)";

const INSERT: &str = "
    INSERT INTO verification (program_id, purpose, number, account, verification, revision)
    SELECT program_id, $2, $3, $4, $5, $6 FROM current ON CONFLICT DO NOTHING";

const UPDATE: &str = "
    UPDATE verification SET verification = $5, revision = $6 FROM current
    WHERE verification.program_id = current.program_id AND purpose = $2 AND number = $3 AND account = $4
        AND revision = $7";

const DELETE: &str = "
    DELETE FROM verification USING current
    WHERE verification.program_id = current.program_id AND purpose = $2 AND number = $3 AND account = $4
        AND revision = $5";

/// A number's digits as the database keeps them.
fn digits(number: E164) -> i64 {
    number.digits().cast_signed()
}

/// A proof, and the revision it is in.
///
/// # Errors
/// [`Trouble`].
pub async fn find(
    client: &Client,
    program: ProgramId,
    key: &VerificationKey,
) -> Result<Option<(Verification, Revision)>, Trouble> {
    let (purpose, number) = (key.purpose.as_str(), digits(key.number));
    let row = client.query_opt(FIND, &[&program.0, &purpose, &number, &key.account]).await?;
    row.map(|row| Ok((from_json(row.get(0))?, Revision(row.get(1))))).transpose()
}

/// The accounts that have a proof of a number.
///
/// # Errors
/// [`Trouble`].
pub async fn accounts(
    client: &Client,
    program: ProgramId,
    purpose: Purpose,
    number: E164,
) -> Result<Vec<String>, Trouble> {
    let sql = "SELECT account FROM verification WHERE program_id = $1 AND purpose = $2 AND number = $3";
    let rows = client.query(sql, &[&program.0, &purpose.as_str(), &digits(number)]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// A change of one proof.
pub struct Replacement {
    pub program: ProgramId,
    pub key: VerificationKey,
    pub from: Option<Revision>,
    pub to: Option<Verification>,
}

impl Node {
    /// Makes, replaces or removes a proof that still is in that revision, or isn't there; says whether it did.
    ///
    /// # Errors
    /// [`LedgerError`]; then nothing was changed, or nobody can tell.
    pub async fn replace_verification(&self, change: &Replacement) -> Result<bool, LedgerError> {
        let mut tries = Tries::patient();
        let warnings = self.connector.warnings();
        let next = Revision::random();
        let mut is_in_doubt = false;
        let is_done = loop {
            let attempt = match self.client().await {
                Ok(client) => change.attempt(&client, next, is_in_doubt).await,
                Err(trouble) => Err(trouble),
            };
            match attempt {
                Ok(is_done) => break is_done,
                Err(trouble) => {
                    is_in_doubt |= matches!(trouble, Trouble::Lost(_));
                    tries.again(trouble).await?;
                }
            }
        };
        self.confirm(warnings)?;
        Ok(is_done)
    }
}

impl Replacement {
    /// Whether it is done. After a lost connection it may have been done before.
    async fn attempt(&self, client: &Client, next: Revision, is_in_doubt: bool) -> Result<bool, Trouble> {
        let content = self.to.as_ref().map(json).transpose()?;
        let Self { program, key, from, .. } = self;
        let (program, purpose, number, account) = (program.0, key.purpose.as_str(), digits(key.number), &key.account);
        let changed = match (from, &content) {
            (None, None) => return Ok(find(client, self.program, key).await?.is_none()),
            (None, Some(content)) => {
                let sql = format!("{CURRENT}{INSERT}");
                client.execute(&sql, &[&program, &purpose, &number, account, content, &next.0]).await?
            }
            (Some(from), Some(content)) => {
                let sql = format!("{CURRENT}{UPDATE}");
                client.execute(&sql, &[&program, &purpose, &number, account, content, &next.0, &from.0]).await?
            }
            (Some(from), None) => {
                let sql = format!("{CURRENT}{DELETE}");
                client.execute(&sql, &[&program, &purpose, &number, account, &from.0]).await?
            }
        };
        if changed > 0 || !is_in_doubt {
            return Ok(changed > 0);
        }
        let present = find(client, self.program, key).await?.map(|(_, revision)| revision);
        Ok(present == content.is_some().then_some(next))
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
    let sql = "INSERT INTO verification (program_id, purpose, number, account, verification, revision)
               VALUES ($1, $2, $3, $4, $5, $6)";
    for (key, verification) in verifications {
        let (purpose, number, content) = (key.purpose.as_str(), digits(key.number), json(verification)?);
        let revision = Revision::random().0;
        transaction.execute(sql, &[&program.0, &purpose, &number, &key.account, &content, &revision]).await?;
    }
    Ok(())
}

/// All proofs of a program, as a seed would say them.
///
/// # Errors
/// [`Trouble`].
pub async fn read(transaction: &Transaction<'_>, program: ProgramId) -> Result<Vec<VerificationState>, Trouble> {
    let strange = |what: &str| Trouble::Refused(format!("a row of the table verification has no {what}"));
    let sql = "SELECT purpose, number, account, verification FROM verification
               WHERE program_id = $1 ORDER BY purpose COLLATE \"C\", number, account COLLATE \"C\"";
    let rows = transaction.query(sql, &[&program.0]).await?;
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
