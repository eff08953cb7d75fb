//! Loads programs, tokens and item types.

use jiff::Timestamp;
use rusqlite::{Connection, Row};

use super::from_json;
use crate::domain::{Permissions, SecurityToken};
use crate::ledger::{Directory, Program, ProgramId};

/// Reads the whole directory, which is to have this version.
pub fn load(connection: &Connection, version: u64) -> rusqlite::Result<Directory> {
    let mut statement = connection.prepare("SELECT program_id, name, document FROM program ORDER BY program_id")?;
    let programs = statement.query_map([], |row| read_program(row, version))?.collect::<Result<Vec<_>, _>>()?;
    let mut statement =
        connection.prepare("SELECT program_id, token, methods, suspended, template, expires_at FROM security_token")?;
    let tokens = statement.query_map([], read_token)?.collect::<Result<Vec<_>, _>>()?;
    Ok(Directory::new(version, programs, tokens))
}

fn read_program(row: &Row<'_>, version: u64) -> rusqlite::Result<Program> {
    Ok(Program::new(ProgramId(row.get(0)?), version, row.get_ref(1)?.as_str()?, from_json(row, 2)?))
}

fn read_token(row: &Row<'_>) -> rusqlite::Result<(ProgramId, SecurityToken, Permissions)> {
    let expires_at: Option<i64> = row.get(5)?;
    let permissions = Permissions {
        methods: from_json(row, 2)?,
        suspended: row.get(3)?,
        template: row.get(4)?,
        expires_at: expires_at.and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok()),
    };
    Ok((ProgramId(row.get(0)?), SecurityToken::new(row.get::<_, String>(1)?), permissions))
}
