//! Reads and writes programs' documents, and those who call by their accounts.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::change_error::ChangeError;
use super::json::{from_json, json};
use crate::domain::Companions;
use crate::ledger::{Changed, Edit, ItemId, ItemKind, ItemState, ItemUser, PartKind, ProgramDocument, ProgramId};

/// The document of a program, as it is inside the transaction that asks.
pub fn read(connection: &Connection, program: ProgramId) -> Result<ProgramDocument, ChangeError> {
    let document = connection
        .prepare_cached("SELECT document FROM program WHERE program_id = ?1")?
        .query_row([program.0], |row| from_json(row, 0))
        .optional()?;
    document.ok_or(ChangeError::Refused(Changed::NotFound))
}

/// Changes the document of a program. An item that members use isn't removed.
pub fn edit(connection: &Connection, program: ProgramId, edit: &Edit) -> Result<Changed, ChangeError> {
    let mut document = read(connection, program)?;
    let edited = document.edit(edit);
    if let Some((kind, item)) = &edited.removed
        && let uses @ 1.. = count_uses(connection, program, *kind, item)?
    {
        return Err(ChangeError::Refused(Changed::ItemInUse { uses }));
    }
    if let Some(field) = &edited.restricted
        && let uses @ 1.. = count_strangers(connection, program, field)?
    {
        return Err(ChangeError::Refused(Changed::ItemInUse { uses }));
    }
    if !edited.changed.is_made() {
        return Err(ChangeError::Refused(edited.changed));
    }
    let sql = "UPDATE program SET document = ?2 WHERE program_id = ?1";
    connection.prepare_cached(sql)?.execute(params![program.0, json(&document)?])?;
    if let Edit::PutCompanions(companions) = edit {
        put_callers(connection, program, companions)?;
    }
    Ok(edited.changed)
}

/// Looks at all numbers or parts of the program: they have no index for this rare question, which every save would have to pay for.
fn count_uses(
    connection: &Connection,
    program: ProgramId,
    kind: ItemKind,
    (id, reference): &(ItemId, String),
) -> rusqlite::Result<u64> {
    let count = |row: &Row<'_>| row.get(0).map(i64::unsigned_abs);
    match kind.user() {
        ItemUser::Phone(column) => {
            let sql = format!("SELECT count(*) FROM phone WHERE program_id = ?1 AND {column} = ?2");
            connection.query_row(&sql, params![program.0, id.0], count)
        }
        ItemUser::Part(kind) => {
            let sql = "SELECT count(*) FROM part WHERE program_id = ?1 AND kind = ?2 AND item = ?3";
            connection.query_row(sql, params![program.0, kind.name(), reference], count)
        }
    }
}

/// How many values of a custom field it doesn't take any more.
fn count_strangers(connection: &Connection, program: ProgramId, field: &ItemState) -> rusqlite::Result<u64> {
    let sql = "SELECT value FROM part WHERE program_id = ?1 AND kind = ?2 AND item = ?3";
    let mut statement = connection.prepare(sql)?;
    let key = params![program.0, PartKind::CustomField.name(), field.external_reference];
    let mut count = 0;
    for value in statement.query_map(key, |row| from_json(row, 0))? {
        count += u64::from(!field.takes(&value?));
    }
    Ok(count)
}

/// Lists apart those who call by the accounts of a program, so that no two have the same name.
pub fn put_callers(connection: &Connection, program: ProgramId, companions: &Companions) -> Result<(), ChangeError> {
    connection.prepare_cached("DELETE FROM companion_caller WHERE program_id = ?1")?.execute([program.0])?;
    let sql = "INSERT INTO companion_caller VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING RETURNING 1";
    let mut insert = connection.prepare_cached(sql)?;
    for (kind, name) in companions.callers() {
        let added = insert.query_row(params![kind.as_str(), name, program.0], |_| Ok(())).optional()?;
        added.ok_or_else(|| ChangeError::Refused(Changed::CallerTaken(name.to_owned())))?;
    }
    Ok(())
}
