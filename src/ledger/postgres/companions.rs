//! Writes the accounts of a program's companions.

use tokio_postgres::Transaction;

use super::directory::json;
use super::refusal::Stop;
use crate::domain::Companions;
use crate::ledger::{Changed, ProgramId};

/// Replaces the accounts of a program. Those who call by them are listed apart, so that no two have the same name.
///
/// # Errors
/// [`Stop`].
pub async fn put(transaction: &Transaction<'_>, program: ProgramId, companions: &Companions) -> Result<Changed, Stop> {
    let sql = "UPDATE program SET companions = $2 WHERE program_id = $1";
    if transaction.execute(sql, &[&program.0, &json(companions)?]).await? == 0 {
        return Err(Stop::Refused(Changed::NotFound));
    }
    transaction.execute("DELETE FROM companion_caller WHERE program_id = $1", &[&program.0]).await?;
    let sql = "INSERT INTO companion_caller (kind, name, program_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    for (kind, name) in companions.callers() {
        if transaction.execute(sql, &[&kind.as_str(), &name, &program.0]).await? == 0 {
            return Err(Stop::Refused(Changed::CallerTaken(name.to_owned())));
        }
    }
    Ok(Changed::Replaced)
}
