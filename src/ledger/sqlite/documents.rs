//! Reads and writes programs' documents, and those who call by their accounts.

use rusqlite::{Connection, OptionalExtension, params};

use super::change_error::ChangeError;
use super::json::{from_json, json};
use crate::domain::Companions;
use crate::ledger::{Changed, Edit, ItemId, ItemKind, ProgramDocument, ProgramId};

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
    let used = |kind, item| count_phones(connection, program, kind, item);
    let edited = document.edit(edit);
    if let Some((kind, item)) = edited.removed
        && let phones @ 1.. = used(kind, item)?
    {
        return Err(ChangeError::Refused(Changed::ItemInUse { phones }));
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

/// Looks at all numbers of the program: it has no index for this rare question, which every save would have to pay for.
fn count_phones(connection: &Connection, program: ProgramId, kind: ItemKind, item: ItemId) -> rusqlite::Result<u64> {
    let column = match kind {
        ItemKind::PhoneNumberType => "phone_number_type_id",
        ItemKind::MobileCarrier => "mobile_carrier_id",
    };
    let sql = format!("SELECT count(*) FROM phone WHERE program_id = ?1 AND {column} = ?2");
    connection.query_row(&sql, params![program.0, item.0], |row| row.get(0).map(i64::unsigned_abs))
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
