//! What programs were put as, for their reset: in rows of their own, because it may be much, and is seldom asked for.

use rusqlite::{Connection, params};

use super::change_error::ChangeError;
use super::{from_json, json, states};
use crate::ledger::{MemberState, ProgramId, ProgramState, StateChunk};

/// Keeps a program as it is now, part by part.
pub fn keep(connection: &Connection, program: ProgramId) -> Result<(), ChangeError> {
    let mut insert = connection.prepare_cached("INSERT INTO program_origin VALUES (?1, ?2, ?3)")?;
    let mut part = 0;
    states::walk(connection, Some(program), &mut |chunk| {
        let content = match &chunk {
            StateChunk::Program(program) => json(program)?,
            StateChunk::Members(members) => json(members)?,
        };
        insert.execute(params![program.0, part, content])?;
        part += 1;
        Ok(())
    })
}

/// Reads what a program was put as, if that was kept.
pub fn read(connection: &Connection, program: ProgramId) -> rusqlite::Result<Option<ProgramState>> {
    let sql = "SELECT content FROM program_origin WHERE program_id = ?1 ORDER BY part";
    let mut statement = connection.prepare_cached(sql)?;
    let mut parts = statement.query([program.0])?;
    let Some(first) = parts.next()? else { return Ok(None) };
    let mut state: ProgramState = from_json(first, 0)?;
    while let Some(part) = parts.next()? {
        state.members.append(&mut from_json::<Vec<MemberState>>(part, 0)?);
    }
    Ok(Some(state))
}

/// Moves it to the program that takes the place of an older one.
pub fn hand_over(connection: &Connection, older: ProgramId, program: ProgramId) -> rusqlite::Result<()> {
    let sql = "UPDATE program_origin SET program_id = ?2 WHERE program_id = ?1";
    connection.prepare_cached(sql)?.execute([older.0, program.0]).map(drop)
}

/// Forgets it.
pub fn remove(connection: &Connection, program: ProgramId) -> rusqlite::Result<()> {
    connection.prepare_cached("DELETE FROM program_origin WHERE program_id = ?1")?.execute([program.0]).map(drop)
}
