//! Reads and writes the accounts of a program's companions.

use rusqlite::{Connection, OptionalExtension, params};

use super::change_error::ChangeError;
use super::json;
use crate::domain::Companions;
use crate::ledger::{Changed, ProgramId};

/// Replaces the accounts of a program. Those who call by them are listed apart, so that no two have the same name.
pub fn put(connection: &Connection, program: ProgramId, companions: &Companions) -> Result<Changed, ChangeError> {
    let sql = "UPDATE program SET companions = ?2 WHERE program_id = ?1";
    if connection.prepare_cached(sql)?.execute(params![program.0, json(companions)?])? == 0 {
        return Err(ChangeError::Refused(Changed::NotFound));
    }
    connection.prepare_cached("DELETE FROM companion_caller WHERE program_id = ?1")?.execute([program.0])?;
    let sql = "INSERT INTO companion_caller VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING RETURNING 1";
    let mut insert = connection.prepare_cached(sql)?;
    for (kind, name) in companions.callers() {
        let added = insert.query_row(params![kind.as_str(), name, program.0], |_| Ok(())).optional()?;
        added.ok_or_else(|| ChangeError::Refused(Changed::CallerTaken(name.to_owned())))?;
    }
    Ok(Changed::Replaced)
}
