//! Writes the accounts of a program's companions.

use std::collections::HashSet;

use tokio_postgres::Transaction;

use super::change_error::ChangeError;
use super::directory::json;
use crate::domain::Companions;
use crate::ledger::{Changed, ProgramId};

const INSERT: &str = "
    INSERT INTO companion_caller (kind, name, program_id)
    SELECT kind, name, $1 FROM unnest($2::text[], $3::text[]) AS new (kind, name)
    ON CONFLICT DO NOTHING RETURNING kind, name";

/// Replaces the accounts of a program. Those who call by them are listed apart, so that no two have the same name.
///
/// # Errors
/// [`ChangeError`].
pub async fn put(
    transaction: &Transaction<'_>,
    program: ProgramId,
    companions: &Companions,
) -> Result<Changed, ChangeError> {
    let sql = "UPDATE program SET companions = $2 WHERE program_id = $1";
    if transaction.execute(sql, &[&program.0, &json(companions)?]).await? == 0 {
        return Err(ChangeError::Refused(Changed::NotFound));
    }
    transaction.execute("DELETE FROM companion_caller WHERE program_id = $1", &[&program.0]).await?;
    let (kinds, names): (Vec<_>, Vec<_>) = companions.callers().map(|(kind, name)| (kind.as_str(), name)).unzip();
    let added = transaction.query(INSERT, &[&program.0, &kinds, &names]).await?;
    let added: HashSet<(&str, &str)> = added.iter().map(|row| (row.get(0), row.get(1))).collect();
    match kinds.into_iter().zip(names).find(|caller| !added.contains(caller)) {
        Some((_, name)) => Err(ChangeError::Refused(Changed::CallerTaken(name.to_owned()))),
        None => Ok(Changed::Replaced),
    }
}
