//! Loads programs, tokens and item types.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use tokio_postgres::{Client, Row, Transaction};

use super::errors::PgError;
use super::states::begin_read_only;
use crate::domain::text::without_value;
use crate::domain::{Permissions, SecurityToken};
use crate::ledger::{Directory, Program, ProgramId};

/// The directory, and the epochs of its programs.
pub struct Loaded {
    pub directory: Directory,
    pub epochs: HashMap<ProgramId, i64>,
}

/// Reads the whole directory as it is at one moment.
///
/// # Errors
/// [`PgError`].
pub async fn load(client: &mut Client) -> Result<Loaded, PgError> {
    let transaction = begin_read_only(client).await?;
    let loaded = read(&transaction).await?;
    transaction.commit().await?;
    Ok(loaded)
}

async fn read(transaction: &Transaction<'_>) -> Result<Loaded, PgError> {
    let version: i64 = transaction.query_one("SELECT version FROM ledger", &[]).await?.get(0);
    let sql = "SELECT program_id, name, document, version, epoch FROM program JOIN program_epoch USING (program_id)
               ORDER BY program_id";
    let mut programs = Vec::new();
    let mut epochs = HashMap::new();
    for row in transaction.query(sql, &[]).await? {
        let program = read_program(&row)?;
        epochs.insert(program.id, row.get(4));
        programs.push(program);
    }
    let sql = "SELECT program_id, token, methods, suspended, template, expires_at FROM security_token";
    let tokens = transaction.query(sql, &[]).await?;
    let tokens = tokens.iter().map(read_token).collect::<Result<_, _>>()?;
    Ok(Loaded { directory: Directory::new(version.unsigned_abs(), programs, tokens), epochs })
}

fn read_program(row: &Row) -> Result<Program, PgError> {
    let version = row.get::<_, i64>(3).unsigned_abs();
    Ok(Program::new(ProgramId(row.get(0)), version, row.get(1), from_json(row.get(2))?))
}

fn read_token(row: &Row) -> Result<(ProgramId, SecurityToken, Permissions), PgError> {
    let permissions = Permissions {
        methods: from_json(row.get(2))?,
        suspended: row.get(3),
        template: row.get(4),
        expires_at: read_time(row.get(5)),
    };
    Ok((ProgramId(row.get(0)), SecurityToken::new(row.get::<_, String>(1)), permissions))
}

/// A time in milliseconds since 1970.
pub fn read_time(milliseconds: Option<i64>) -> Option<Timestamp> {
    milliseconds.and_then(|milliseconds| Timestamp::from_millisecond(milliseconds).ok())
}

/// The value of a column that holds JSON.
///
/// # Errors
/// [`PgError::Refused`] if a newer version wrote it, or a hand.
pub fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, PgError> {
    serde_json::from_str(text)
        .map_err(|error| PgError::Refused(format!("a row can't be understood: {}", without_value(&error.to_string()))))
}

/// A value as JSON.
///
/// # Errors
/// [`PgError::Refused`] if it has no JSON, which values of ours have.
pub fn json(value: &impl serde::Serialize) -> Result<String, PgError> {
    serde_json::to_string(value).map_err(|error| PgError::Refused(error.to_string()))
}
