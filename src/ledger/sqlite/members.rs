//! Makes and removes members with their numbers.

use rusqlite::{Connection, ffi, params};

use super::change_error::ChangeError;
use super::documents;
use super::parts::PartRow;
use super::unique::UniqueRow;
use super::{parts, phones, unique};
use crate::domain::{MemberId, ProgramSettings};
use crate::ledger::queries::NameKeys;
use crate::ledger::seed::{MemberSeed, may_be_shared};
use crate::ledger::{Changed, ProgramId, Written};

/// Makes a member, or replaces it with all its parts.
pub fn put(connection: &Connection, program: ProgramId, member: &MemberSeed) -> Result<Changed, ChangeError> {
    let settings = documents::read(connection, program)?.settings;
    let is_there = remove_if_there(connection, program, member.member_id)?;
    add(connection, program, member, &settings)?;
    Ok(if is_there { Changed::Replaced } else { Changed::Made })
}

/// Makes a member that isn't there.
pub fn add_if_missing(
    connection: &Connection,
    program: ProgramId,
    member: &MemberSeed,
) -> Result<Changed, ChangeError> {
    let settings = documents::read(connection, program)?.settings;
    if parts::is_member(connection, program, member.member_id)? {
        return Err(ChangeError::Refused(Changed::AlreadyThere));
    }
    add(connection, program, member, &settings)?;
    Ok(Changed::Made)
}

/// Removes a member with all its parts.
pub fn remove(connection: &Connection, program: ProgramId, member: MemberId) -> Result<Changed, ChangeError> {
    match remove_if_there(connection, program, member)? {
        true => Ok(Changed::Removed),
        false => Err(ChangeError::Refused(Changed::NotFound)),
    }
}

/// Adds a member, with numbers of items that are there. The table's key refuses one that is there already.
pub fn add(
    connection: &Connection,
    program: ProgramId,
    member: &MemberSeed,
    settings: &ProgramSettings,
) -> Result<(), ChangeError> {
    let MemberSeed { member_id, first_name, last_name, .. } = member;
    let keys = NameKeys::of(first_name, last_name);
    let row = params![program.0, member_id.0, first_name, last_name, keys.first_name_first, keys.last_name_first];
    match connection.prepare_cached("INSERT INTO member VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?.execute(row) {
        Err(error) if is_there_already(&error) => {
            return Err(ChangeError::Refused(Changed::MemberTwice(member.member_id)));
        }
        added => added?,
    };
    for save in member.saves(program, settings) {
        add_unique(connection, &save, |holder| Changed::NumberTaken { number: save.number, holder })?;
    }
    for part in &member.parts {
        let may_be_shared = may_be_shared(part.kind, settings);
        let row = PartRow { program, member: member.member_id, part, may_be_shared };
        add_unique(connection, &row, |holder| Changed::PartTaken { kind: part.kind, holder })?;
    }
    Ok(())
}

fn add_unique<U: UniqueRow>(
    connection: &Connection,
    row: &U,
    taken: impl Fn(MemberId) -> Changed,
) -> Result<(), ChangeError> {
    if unique::save(connection, row)? == Written::Done {
        return Ok(());
    }
    let holder = unique::find_holder(connection, row)?.unwrap_or(row.member());
    Err(ChangeError::Refused(taken(holder)))
}

fn is_there_already(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
}

fn remove_if_there(connection: &Connection, program: ProgramId, member: MemberId) -> rusqlite::Result<bool> {
    if !parts::is_member(connection, program, member)? {
        return Ok(false);
    }
    phones::remove_phones(connection, program, member)?;
    parts::remove_all(connection, program, member)?;
    let sql = "DELETE FROM member WHERE program_id = ?1 AND member_id = ?2";
    connection.prepare_cached(sql)?.execute(params![program.0, member.0])?;
    Ok(true)
}
