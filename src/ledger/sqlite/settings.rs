//! Reads and writes a program's settings.

use rusqlite::{Connection, OptionalExtension, params};

use super::change_error::ChangeError;
use super::json;
use crate::domain::ProgramSettings;
use crate::ledger::{Changed, ProgramId};

/// The settings of a program, as they are inside the transaction that asks.
pub fn read(connection: &Connection, program: ProgramId) -> Result<ProgramSettings, ChangeError> {
    let settings = connection
        .prepare_cached("SELECT settings FROM program WHERE program_id = ?1")?
        .query_row([program.0], |row| super::from_json(row, 0))
        .optional()?;
    settings.ok_or(ChangeError::Refused(Changed::NotFound))
}

/// Replaces the settings of a program.
pub fn put(connection: &Connection, program: ProgramId, settings: &ProgramSettings) -> Result<Changed, ChangeError> {
    let sql = "UPDATE program SET settings = ?2 WHERE program_id = ?1";
    match connection.prepare_cached(sql)?.execute(params![program.0, json(settings)?])? {
        0 => Err(ChangeError::Refused(Changed::NotFound)),
        _ => Ok(Changed::Replaced),
    }
}
