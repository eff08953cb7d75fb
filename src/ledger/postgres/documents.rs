//! Reads and writes programs' documents, and those who call by their accounts.

use std::collections::HashSet;

use tokio_postgres::Transaction;

use super::change_error::ChangeError;
use super::directory::{from_json, json};
use super::errors::PgError;
use crate::domain::Companions;
use crate::ledger::{Changed, Edit, ItemId, ItemKind, ItemState, ItemUser, PartKind, ProgramDocument, ProgramId};

/// The document of a program, as it is inside the transaction that asks.
///
/// # Errors
/// [`ChangeError`].
pub async fn read(transaction: &Transaction<'_>, program: ProgramId) -> Result<ProgramDocument, ChangeError> {
    let row = transaction.query_opt("SELECT document FROM program WHERE program_id = $1", &[&program.0]).await?;
    Ok(from_json(row.ok_or(ChangeError::Refused(Changed::NotFound))?.get(0))?)
}

/// Changes the document of a program. An item that members use isn't removed.
///
/// # Errors
/// [`ChangeError`].
pub async fn edit(transaction: &Transaction<'_>, program: ProgramId, edit: &Edit) -> Result<Changed, ChangeError> {
    let mut document = read(transaction, program).await?;
    let edited = document.edit(edit);
    if let Some((kind, item)) = &edited.removed
        && let uses @ 1.. = count_uses(transaction, program, *kind, item).await?
    {
        return Err(ChangeError::Refused(Changed::ItemInUse { uses }));
    }
    if let Some(field) = &edited.restricted
        && let uses @ 1.. = count_strangers(transaction, program, field).await?
    {
        return Err(ChangeError::Refused(Changed::ItemInUse { uses }));
    }
    if !edited.changed.is_made() {
        return Err(ChangeError::Refused(edited.changed));
    }
    let sql = "UPDATE program SET document = $2 WHERE program_id = $1";
    transaction.execute(sql, &[&program.0, &json(&document)?]).await?;
    if let Edit::PutCompanions(companions) = edit {
        put_callers(transaction, program, companions).await?;
    }
    Ok(edited.changed)
}

/// Looks at all numbers or parts of the program: they have no index for this rare question, which every save would have to pay for.
async fn count_uses(
    transaction: &Transaction<'_>,
    program: ProgramId,
    kind: ItemKind,
    (id, reference): &(ItemId, String),
) -> Result<u64, PgError> {
    let row = match kind.user() {
        ItemUser::Phone(column) => {
            let sql = format!("SELECT count(*) FROM phone WHERE program_id = $1 AND {column} = $2");
            transaction.query_one(&sql, &[&program.0, &i32::from(id.0)]).await?
        }
        ItemUser::Part(kind) => {
            let sql = "SELECT count(*) FROM part WHERE program_id = $1 AND kind = $2 AND item = $3";
            transaction.query_one(sql, &[&program.0, &kind.name(), reference]).await?
        }
    };
    Ok(row.get::<_, i64>(0).unsigned_abs())
}

/// How many values of a custom field it doesn't take any more.
async fn count_strangers(transaction: &Transaction<'_>, program: ProgramId, field: &ItemState) -> Result<u64, PgError> {
    let sql = "SELECT value FROM part WHERE program_id = $1 AND kind = $2 AND item = $3";
    let kind = PartKind::CustomField.name();
    let mut count = 0;
    for row in transaction.query(sql, &[&program.0, &kind, &field.external_reference]).await? {
        count += u64::from(!field.takes(&from_json(row.get(0))?));
    }
    Ok(count)
}

const INSERT_CALLERS: &str = "
    INSERT INTO companion_caller (kind, name, program_id)
    SELECT kind, name, $1 FROM unnest($2::text[], $3::text[]) AS new (kind, name)
    ON CONFLICT DO NOTHING RETURNING kind, name";

/// Lists apart those who call by the accounts of a program, so that no two have the same name.
///
/// # Errors
/// [`ChangeError`].
pub async fn put_callers(
    transaction: &Transaction<'_>,
    program: ProgramId,
    companions: &Companions,
) -> Result<(), ChangeError> {
    transaction.execute("DELETE FROM companion_caller WHERE program_id = $1", &[&program.0]).await?;
    let (kinds, names): (Vec<_>, Vec<_>) = companions.callers().map(|(kind, name)| (kind.as_str(), name)).unzip();
    let added = transaction.query(INSERT_CALLERS, &[&program.0, &kinds, &names]).await?;
    let added: HashSet<(&str, &str)> = added.iter().map(|row| (row.get(0), row.get(1))).collect();
    match kinds.into_iter().zip(names).find(|caller| !added.contains(caller)) {
        Some((_, name)) => Err(ChangeError::Refused(Changed::CallerTaken(name.to_owned()))),
        None => Ok(()),
    }
}

/// The number of an item as rows have it; what no item can have is none.
pub fn item_id(number: i32) -> ItemId {
    ItemId(number.try_into().unwrap_or_default())
}
