//! Removes numbers, so that who owns and shares them stays true.

use rusqlite::{Connection, params};

use super::save_phone::{OWNER, hand_over};
use crate::domain::{E164, MemberId};
use crate::ledger::ProgramId;

const TYPES: &str = "SELECT phone_number_type_id FROM phone WHERE program_id = ?1 AND member_id = ?2";

const REMOVE: &str = "
    DELETE FROM phone WHERE program_id = ?1 AND member_id = ?2 AND phone_number_type_id = ?3
    RETURNING number, shared_as, has_sharers";

/// Removes all numbers of a member, one by one: a number may go over from one of its types to another.
pub fn remove_phones(connection: &Connection, program: ProgramId, member: MemberId) -> rusqlite::Result<()> {
    let mut statement = connection.prepare_cached(TYPES)?;
    let types = statement.query_map(params![program.0, member.0], |row| row.get(0))?;
    for phone_number_type in types.collect::<rusqlite::Result<Vec<u16>>>()? {
        remove_phone(connection, program, member, phone_number_type)?;
    }
    Ok(())
}

fn remove_phone(
    connection: &Connection,
    program: ProgramId,
    member: MemberId,
    phone_number_type: u16,
) -> rusqlite::Result<()> {
    let key = params![program.0, member.0, phone_number_type];
    let (number, is_shared_by_owner) = connection
        .prepare_cached(REMOVE)?
        .query_row(key, |row| Ok((row.get::<_, E164>(0)?, row.get::<_, i64>(1)? == OWNER && row.get(2)?)))?;
    match is_shared_by_owner {
        true => hand_over(connection, program, number),
        false => Ok(()),
    }
}
