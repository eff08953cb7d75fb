//! Names of members, and the keys by which they are found.

use rusqlite::types::Type;
use rusqlite::{Connection, params};

use crate::domain::MemberId;
use crate::ledger::migrations::tell_of_name_keys;
use crate::ledger::queries::NameKeys;
use crate::ledger::seed::CoreState;
use crate::ledger::{Part, ProgramId, UnreadablePart};

/// The names of a member stand in its row as well. Most who save a member don't change them, so the indexes mostly stay as they are.
const RENAME: &str = "
    UPDATE member SET first_name = ?3, last_name = ?4, first_name_first = ?5, last_name_first = ?6
    WHERE program_id = ?1 AND member_id = ?2 AND (first_name <> ?3 OR last_name <> ?4)";

/// Gives a member the names of its core data.
pub fn rename(connection: &Connection, program: ProgramId, member: MemberId, core: &Part) -> rusqlite::Result<()> {
    let unreadable = |error: UnreadablePart| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into());
    let CoreState { first_name, last_name, .. } = core.read().map_err(unreadable)?;
    let keys = NameKeys::of(&first_name, &last_name);
    let row = params![program.0, member.0, first_name, last_name, keys.first_name_first, keys.last_name_first];
    connection.prepare_cached(RENAME)?.execute(row).map(drop)
}

/// Before all members.
const START: (i64, i64) = (i64::MIN, i64::MIN);

/// How many members are read at once.
const PAGE: u32 = 1000;

/// Makes the keys of all members, in a ledger of a version that had none.
pub fn fill_in(connection: &Connection) -> rusqlite::Result<()> {
    let mut page = connection.prepare(
        "SELECT program_id, member_id, first_name, last_name FROM member
         WHERE (program_id, member_id) > (?1, ?2) ORDER BY program_id, member_id LIMIT ?3",
    )?;
    let mut update = connection.prepare(
        "UPDATE member SET first_name_first = ?3, last_name_first = ?4 WHERE program_id = ?1 AND member_id = ?2",
    )?;
    let mut last = START;
    loop {
        let rows = page.query_map(params![last.0, last.1, PAGE], |row| row.try_into())?;
        let members: Vec<(i64, i64, String, String)> = rows.collect::<rusqlite::Result<_>>()?;
        let Some((program, member, ..)) = members.last() else { return Ok(()) };
        if last == START {
            tell_of_name_keys();
        }
        last = (*program, *member);
        for (program, member, first_name, last_name) in members {
            let keys = NameKeys::of(&first_name, &last_name);
            update.execute(params![program, member, keys.first_name_first, keys.last_name_first])?;
        }
    }
}
