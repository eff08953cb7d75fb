//! Makes, renames and removes phone number types and mobile carriers.

use tokio_postgres::Transaction;

use super::change_error::ChangeError;
use super::errors::PgError;
use crate::domain::ExternalReference;
use crate::ledger::{Changed, ItemId, ItemKind, ItemState, ProgramId};

/// The names of one of the two lists, which are alike.
struct Names {
    table: &'static str,
    id: &'static str,
}

fn names(kind: ItemKind) -> Names {
    match kind {
        ItemKind::PhoneNumberType => Names { table: "phone_number_type", id: "phone_number_type_id" },
        ItemKind::MobileCarrier => Names { table: "mobile_carrier", id: "mobile_carrier_id" },
    }
}

/// In the order in which they were made.
///
/// # Errors
/// [`PgError`].
pub async fn read_items(
    transaction: &Transaction<'_>,
    program: ProgramId,
    kind: ItemKind,
) -> Result<Vec<(u16, ItemState)>, PgError> {
    let Names { table, id } = names(kind);
    let sql = format!("SELECT {id}, external_reference, name FROM {table} WHERE program_id = $1 ORDER BY {id}");
    let rows = transaction.query(&sql, &[&program.0]).await?;
    let item = |row: &tokio_postgres::Row| {
        (item_id(row.get(0)), ItemState { external_reference: row.get(1), name: row.get(2) })
    };
    Ok(rows.iter().map(item).collect())
}

/// Makes an item, or gives it another name.
///
/// # Errors
/// [`ChangeError`].
pub async fn put(
    transaction: &Transaction<'_>,
    program: ProgramId,
    kind: ItemKind,
    item: &ItemState,
) -> Result<Changed, ChangeError> {
    let Names { table, .. } = names(kind);
    let sql = format!("UPDATE {table} SET name = $3 WHERE program_id = $1 AND external_reference = $2");
    if transaction.execute(&sql, &[&program.0, &item.external_reference, &item.name]).await? > 0 {
        return Ok(Changed::Replaced);
    }
    add(transaction, program, kind, std::slice::from_ref(item)).await?;
    Ok(Changed::Made)
}

/// Makes items, with numbers that none had before them in this program.
///
/// # Errors
/// [`ChangeError`].
pub async fn add(
    transaction: &Transaction<'_>,
    program: ProgramId,
    kind: ItemKind,
    items: &[ItemState],
) -> Result<(), ChangeError> {
    let Names { table, id } = names(kind);
    let count = i32::try_from(items.len()).unwrap_or(i32::MAX);
    let sql = format!(
        "UPDATE program SET last_{id} = last_{id} + $2::int WHERE program_id = $1 AND last_{id} <= $3::int - $2::int RETURNING last_{id}"
    );
    let last = transaction.query_opt(&sql, &[&program.0, &count, &i32::from(ItemId::LAST.0)]).await?;
    let last: i32 = last.ok_or(ChangeError::Refused(Changed::TooManyItems))?.get(0);
    let sql = format!(
        "INSERT INTO {table} (program_id, {id}, external_reference, name)
         SELECT $1, $2::int + place::int, external_reference, name
         FROM unnest($3::text[], $4::text[]) WITH ORDINALITY AS item (external_reference, name, place)"
    );
    let references: Vec<_> = items.iter().map(|item| item.external_reference.as_str()).collect();
    let names: Vec<_> = items.iter().map(|item| item.name.as_str()).collect();
    transaction.execute(&sql, &[&program.0, &(last - count), &references, &names]).await?;
    Ok(())
}

/// Removes an item that no number has. Looks at all numbers of the program: it has no index for this rare question, which
/// every save would have to pay for.
///
/// # Errors
/// [`ChangeError`].
pub async fn remove(
    transaction: &Transaction<'_>,
    program: ProgramId,
    kind: ItemKind,
    reference: &str,
) -> Result<Changed, ChangeError> {
    let Names { table, id } = names(kind);
    let reference = ExternalReference::parse(reference).map(ExternalReference::as_str);
    let sql = format!("SELECT {id} FROM {table} WHERE program_id = $1 AND external_reference = $2");
    let item = transaction.query_opt(&sql, &[&program.0, &reference]).await?;
    let item: i32 = item.ok_or(ChangeError::Refused(Changed::NotFound))?.get(0);
    let sql = format!("SELECT count(*) FROM phone WHERE program_id = $1 AND {id} = $2");
    match transaction.query_one(&sql, &[&program.0, &item]).await?.get(0) {
        0i64 => {}
        phones => return Err(ChangeError::Refused(Changed::ItemInUse { phones: phones.unsigned_abs() })),
    }
    let sql = format!("DELETE FROM {table} WHERE program_id = $1 AND {id} = $2");
    transaction.execute(&sql, &[&program.0, &item]).await?;
    Ok(Changed::Removed)
}

/// The number of an item as rows have it; what no item can have is none.
pub fn item_id(number: i32) -> u16 {
    number.try_into().unwrap_or_default()
}
