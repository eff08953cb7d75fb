//! Makes and removes security tokens.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::change_error::ChangeError;
use super::json;
use crate::domain::SecurityToken;
use crate::ledger::{Changed, ProgramId, TokenState};

const PUT: &str = "
    INSERT INTO security_token (program_id, token, methods, suspended, template, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT DO UPDATE SET
        methods = excluded.methods, suspended = excluded.suspended, template = excluded.template,
        expires_at = excluded.expires_at";

/// Makes a token of the program, or replaces what it permits.
pub fn put(connection: &Connection, program: ProgramId, token: &TokenState) -> Result<Changed, ChangeError> {
    let owner = owner(connection, &token.token)?;
    if owner.is_some_and(|owner| owner != program) {
        return Err(ChangeError::Refused(Changed::TokenTaken(token.token.clone())));
    }
    connection.prepare_cached(PUT)?.execute(params![
        program.0,
        token.token.expose(),
        json(&token.methods)?,
        token.suspended,
        token.template,
        token.expires_at.map(Timestamp::as_millisecond),
    ])?;
    Ok(if owner.is_some() { Changed::Replaced } else { Changed::Made })
}

/// Removes a token of the program.
pub fn remove(connection: &Connection, program: ProgramId, token: &SecurityToken) -> Result<Changed, ChangeError> {
    let sql = "DELETE FROM security_token WHERE program_id = ?1 AND token = ?2";
    match connection.prepare_cached(sql)?.execute(params![program.0, token.expose()])? {
        0 => Err(ChangeError::Refused(Changed::NotFound)),
        _ => Ok(Changed::Removed),
    }
}

fn owner(connection: &Connection, token: &SecurityToken) -> rusqlite::Result<Option<ProgramId>> {
    let sql = "SELECT program_id FROM security_token WHERE token = ?1";
    connection.prepare_cached(sql)?.query_row([token.expose()], |row| row.get(0).map(ProgramId)).optional()
}
