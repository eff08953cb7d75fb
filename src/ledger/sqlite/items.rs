//! Makes, renames and removes phone number types and mobile carriers.

use rusqlite::{Connection, OptionalExtension, params};

use super::change_error::ChangeError;
use crate::domain::ExternalReference;
use crate::ledger::{Changed, ItemId, ItemKind, ItemState, ProgramId};

/// The statements for one of the two lists, which are alike.
struct Statements {
    /// Takes the next number, unless they are used up.
    number: &'static str,
    insert: &'static str,
    rename: &'static str,
    find: &'static str,
    count_phones: &'static str,
    remove: &'static str,
}

const PHONE_NUMBER_TYPE: Statements = Statements {
    number: "
        UPDATE program SET last_phone_number_type_id = last_phone_number_type_id + 1
        WHERE program_id = ?1 AND last_phone_number_type_id < ?2 RETURNING last_phone_number_type_id",
    insert: "INSERT INTO phone_number_type VALUES (?1, ?2, ?3, ?4)",
    rename: "UPDATE phone_number_type SET name = ?3 WHERE program_id = ?1 AND external_reference = ?2",
    find: "SELECT phone_number_type_id FROM phone_number_type WHERE program_id = ?1 AND external_reference = ?2",
    count_phones: "SELECT count(*) FROM phone WHERE program_id = ?1 AND phone_number_type_id = ?2",
    remove: "DELETE FROM phone_number_type WHERE program_id = ?1 AND phone_number_type_id = ?2",
};

const MOBILE_CARRIER: Statements = Statements {
    number: "
        UPDATE program SET last_mobile_carrier_id = last_mobile_carrier_id + 1
        WHERE program_id = ?1 AND last_mobile_carrier_id < ?2 RETURNING last_mobile_carrier_id",
    insert: "INSERT INTO mobile_carrier VALUES (?1, ?2, ?3, ?4)",
    rename: "UPDATE mobile_carrier SET name = ?3 WHERE program_id = ?1 AND external_reference = ?2",
    find: "SELECT mobile_carrier_id FROM mobile_carrier WHERE program_id = ?1 AND external_reference = ?2",
    count_phones: "SELECT count(*) FROM phone WHERE program_id = ?1 AND mobile_carrier_id = ?2",
    remove: "DELETE FROM mobile_carrier WHERE program_id = ?1 AND mobile_carrier_id = ?2",
};

fn statements(kind: ItemKind) -> Statements {
    match kind {
        ItemKind::PhoneNumberType => PHONE_NUMBER_TYPE,
        ItemKind::MobileCarrier => MOBILE_CARRIER,
    }
}

/// Makes an item, or gives it another name.
pub fn put(
    connection: &Connection,
    program: ProgramId,
    kind: ItemKind,
    item: &ItemState,
) -> Result<Changed, ChangeError> {
    let renamed = connection.prepare_cached(statements(kind).rename)?.execute(params![
        program.0,
        item.external_reference,
        item.name
    ])?;
    if renamed > 0 {
        return Ok(Changed::Replaced);
    }
    add(connection, program, kind, item)?;
    Ok(Changed::Made)
}

/// Makes an item, with a number that none had before it in this program.
pub fn add(connection: &Connection, program: ProgramId, kind: ItemKind, item: &ItemState) -> Result<(), ChangeError> {
    let statements = statements(kind);
    let id: Option<u16> = connection
        .prepare_cached(statements.number)?
        .query_row(params![program.0, ItemId::LAST.0], |row| row.get(0))
        .optional()?;
    let id = id.ok_or(ChangeError::Refused(Changed::TooManyItems))?;
    connection.prepare_cached(statements.insert)?.execute(params![
        program.0,
        id,
        item.external_reference,
        item.name
    ])?;
    Ok(())
}

/// Removes an item that no number has. Looks at all numbers of the program: it has no index for this rare question, which
/// every save would have to pay for.
pub fn remove(
    connection: &Connection,
    program: ProgramId,
    kind: ItemKind,
    reference: &str,
) -> Result<Changed, ChangeError> {
    let statements = statements(kind);
    let reference = ExternalReference::parse(reference).map(ExternalReference::as_str);
    let id: Option<u16> = connection
        .prepare_cached(statements.find)?
        .query_row(params![program.0, reference], |row| row.get(0))
        .optional()?;
    let id = id.ok_or(ChangeError::Refused(Changed::NotFound))?;
    let key = params![program.0, id];
    match connection.prepare_cached(statements.count_phones)?.query_row(key, |row| row.get(0))? {
        0i64 => {}
        phones => return Err(ChangeError::Refused(Changed::ItemInUse { phones: phones.unsigned_abs() })),
    }
    connection.prepare_cached(statements.remove)?.execute(key)?;
    Ok(Changed::Removed)
}
