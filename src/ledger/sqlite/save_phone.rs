//! Saves one number, inside a transaction that others share.
//!
//! Nothing is written before the last refusal is known, so a refusal needs no savepoint: the first write is the row itself,
//! and the unique index on program and number either takes it or changes nothing.

use rusqlite::{CachedStatement, Connection, ffi, params};

use crate::domain::{E164, MemberId};
use crate::ledger::{ProgramId, SavePhone, Written};

/// The owner of a number is marked so; see the schema.
pub const OWNER: i64 = 0;

/// The member is looked for only if it has no such number yet: who has one is a member.
const FIND: &str = "
    SELECT phone.number, phone.shared_as, phone.has_sharers, phone.mobile_carrier_id, phone.is_valid, phone.extension,
           phone.number IS NOT NULL OR EXISTS (SELECT 1 FROM member WHERE program_id = ?1 AND member_id = ?2)
    FROM (SELECT 1) LEFT JOIN phone ON program_id = ?1 AND member_id = ?2 AND phone_number_type_id = ?3";

const INSERT: &str = "
    INSERT INTO phone (program_id, member_id, phone_number_type_id, number, shared_as, mobile_carrier_id, is_valid, extension)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

const UPDATE: &str = "
    UPDATE phone SET number = ?4, shared_as = ?5, has_sharers = 0, mobile_carrier_id = ?6, is_valid = ?7, extension = ?8
    WHERE program_id = ?1 AND member_id = ?2 AND phone_number_type_id = ?3";

/// The number stays, and with it who owns and shares it.
const UPDATE_DETAILS: &str = "
    UPDATE phone SET mobile_carrier_id = ?4, is_valid = ?5, extension = ?6
    WHERE program_id = ?1 AND member_id = ?2 AND phone_number_type_id = ?3";

const NOTE_SHARER: &str = "
    UPDATE phone SET has_sharers = 1 WHERE program_id = ?1 AND number = ?2 AND shared_as = 0";

const IS_HELD_BY_ANOTHER: &str = "
    SELECT EXISTS (SELECT 1 FROM phone WHERE program_id = ?1 AND number = ?2 AND member_id <> ?3)";

const FIND_HOLDER: &str = "
    SELECT member_id FROM phone WHERE program_id = ?1 AND number = ?2 AND member_id <> ?3 ORDER BY shared_as LIMIT 1";

const HAND_OVER: &str = "
    UPDATE phone SET shared_as = 0, has_sharers = 1 WHERE (program_id, member_id, phone_number_type_id) = (
        SELECT program_id, member_id, phone_number_type_id FROM phone
        WHERE program_id = ?1 AND number = ?2 ORDER BY shared_as LIMIT 1)";

/// The member's number of this type, as it stands.
struct Current {
    number: E164,
    is_owner: bool,
    has_sharers: bool,
    mobile_carrier: Option<u16>,
    is_valid: bool,
    extension: Option<String>,
}

impl Current {
    /// Whether another row may have the number, too.
    fn may_be_shared(&self) -> bool {
        !self.is_owner || self.has_sharers
    }
}

/// Runs one save; see [`Written`].
///
/// # Errors
/// Only failures of the database, after which the transaction must be rolled back.
pub fn save_phone(connection: &Connection, save: &SavePhone) -> rusqlite::Result<Written> {
    match find(connection, save)? {
        Found::NoMember => Ok(Written::NoSuchMember),
        Found::NoNumber => take_number(connection, save, INSERT),
        Found::Number(current) if current.number == save.number => change_details(connection, save, &current),
        Found::Number(current) => {
            let saved = take_number(connection, save, UPDATE)?;
            if saved == Written::Done && current.is_owner && current.has_sharers {
                hand_over(connection, save.program, current.number)?;
            }
            Ok(saved)
        }
    }
}

/// What stands where the number is to go.
enum Found {
    NoMember,
    NoNumber,
    Number(Current),
}

fn find(connection: &Connection, save: &SavePhone) -> rusqlite::Result<Found> {
    let key = params![save.program.0, save.member.0, save.phone_number_type.0];
    connection.prepare_cached(FIND)?.query_row(key, |row| {
        let Some(number) = row.get(0)? else {
            return Ok(if row.get(6)? { Found::NoNumber } else { Found::NoMember });
        };
        Ok(Found::Number(Current {
            number,
            is_owner: row.get::<_, i64>(1)? == OWNER,
            has_sharers: row.get(2)?,
            mobile_carrier: row.get(3)?,
            is_valid: row.get(4)?,
            extension: row.get(5)?,
        }))
    })
}

/// The member has the number already: only what goes with it may change.
fn change_details(connection: &Connection, save: &SavePhone, current: &Current) -> rusqlite::Result<Written> {
    if current.may_be_shared() && !save.may_be_shared && is_held_by_another(connection, save)? {
        return Ok(Written::HeldByAnotherMember);
    }
    let is_same = current.mobile_carrier == save.mobile_carrier.map(|carrier| carrier.0)
        && current.is_valid == save.is_valid
        && current.extension == save.extension;
    if !is_same {
        connection.prepare_cached(UPDATE_DETAILS)?.execute(params![
            save.program.0,
            save.member.0,
            save.phone_number_type.0,
            save.mobile_carrier.map(|carrier| carrier.0),
            save.is_valid,
            save.extension,
        ])?;
    }
    Ok(Written::Done)
}

/// Writes the row with a number that is new to it. The unique index decides; only when it objects is anybody asked.
fn take_number(connection: &Connection, save: &SavePhone, statement: &str) -> rusqlite::Result<Written> {
    match write(connection.prepare_cached(statement)?, save, OWNER) {
        Ok(()) => Ok(Written::Done),
        Err(error) if is_number_taken(&error) => {
            if !save.may_be_shared && is_held_by_another(connection, save)? {
                return Ok(Written::HeldByAnotherMember);
            }
            connection.prepare_cached(NOTE_SHARER)?.execute(params![save.program.0, save.number])?;
            write(connection.prepare_cached(statement)?, save, own_mark(save)).map(|()| Written::Done)
        }
        Err(error) => Err(error),
    }
}

fn write(mut statement: CachedStatement<'_>, save: &SavePhone, shared_as: i64) -> rusqlite::Result<()> {
    statement
        .execute(params![
            save.program.0,
            save.member.0,
            save.phone_number_type.0,
            save.number,
            shared_as,
            save.mobile_carrier.map(|carrier| carrier.0),
            save.is_valid,
            save.extension,
        ])
        .map(drop)
}

fn is_number_taken(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_CONSTRAINT_UNIQUE)
}

/// Makes one of those who share a number its owner, when the owner has left it.
pub fn hand_over(connection: &Connection, program: ProgramId, number: E164) -> rusqlite::Result<()> {
    connection.prepare_cached(HAND_OVER)?.execute(params![program.0, number]).map(drop)
}

/// Who holds the number, if a save was refused because another member does: its owner, or one who shares it.
pub fn find_holder(connection: &Connection, save: &SavePhone) -> rusqlite::Result<MemberId> {
    connection
        .prepare_cached(FIND_HOLDER)?
        .query_row(params![save.program.0, save.number, save.member.0], |row| row.get(0).map(MemberId))
}

fn is_held_by_another(connection: &Connection, save: &SavePhone) -> rusqlite::Result<bool> {
    connection
        .prepare_cached(IS_HELD_BY_ANOTHER)?
        .query_row(params![save.program.0, save.number, save.member.0], |row| row.get(0))
}

/// A mark that no other row of the program can have: member and type in one number, never 0 because types begin at 1.
fn own_mark(save: &SavePhone) -> i64 {
    i64::from(save.member.0) * 65_536 + i64::from(save.phone_number_type.0)
}
