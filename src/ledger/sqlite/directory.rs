//! Loads programs, tokens and item types.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{Connection, Row};
use serde::de::DeserializeOwned;

use crate::domain::{Permissions, SecurityToken};
use crate::ledger::{Directory, ItemId, Program, ProgramId};

/// Reads the whole directory.
pub fn load(connection: &Connection) -> rusqlite::Result<Directory> {
    let mut statement = connection.prepare("SELECT program_id, name, settings FROM program ORDER BY program_id")?;
    let programs = statement.query_map([], |row| read_program(connection, row))?.collect::<Result<Vec<_>, _>>()?;
    let mut statement =
        connection.prepare("SELECT program_id, token, methods, suspended, template, expires_at FROM security_token")?;
    let tokens = statement.query_map([], read_token)?.collect::<Result<Vec<_>, _>>()?;
    Ok(Directory::new(programs, tokens))
}

fn read_program(connection: &Connection, row: &Row<'_>) -> rusqlite::Result<Program> {
    let id = ProgramId(row.get(0)?);
    Ok(Program {
        id,
        name: row.get(1)?,
        settings: json(row, 2)?,
        phone_number_types: items(
            connection,
            "SELECT external_reference, phone_number_type_id FROM phone_number_type WHERE program_id = ?1",
            id,
        )?,
        mobile_carriers: items(
            connection,
            "SELECT external_reference, mobile_carrier_id FROM mobile_carrier WHERE program_id = ?1",
            id,
        )?,
    })
}

fn items(connection: &Connection, sql: &str, program: ProgramId) -> rusqlite::Result<HashMap<String, ItemId>> {
    let mut statement = connection.prepare(sql)?;
    statement.query_map([program.0], |row| Ok((row.get(0)?, ItemId(row.get(1)?))))?.collect()
}

fn read_token(row: &Row<'_>) -> rusqlite::Result<(ProgramId, SecurityToken, Permissions)> {
    let expires_at: Option<i64> = row.get(5)?;
    let permissions = Permissions {
        methods: json(row, 2)?,
        suspended: row.get(3)?,
        template: row.get(4)?,
        expires_at: expires_at.and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok()),
    };
    Ok((ProgramId(row.get(0)?), SecurityToken::new(row.get::<_, String>(1)?), permissions))
}

fn json<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str()?)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into()))
}
