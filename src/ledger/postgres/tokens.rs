//! Makes and removes security tokens.

use jiff::Timestamp;
use tokio_postgres::Transaction;

use super::change_error::ChangeError;
use super::directory::{from_json, json, read_time};
use super::errors::PgError;
use crate::domain::SecurityToken;
use crate::ledger::{Changed, ProgramId, TokenState};

const PUT: &str = "
    INSERT INTO security_token (token, program_id, methods, suspended, template, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (token) DO UPDATE SET
        methods = excluded.methods, suspended = excluded.suspended, template = excluded.template,
        expires_at = excluded.expires_at";

/// Makes a token of the program, or replaces what it permits.
///
/// # Errors
/// [`ChangeError`].
pub async fn put(
    transaction: &Transaction<'_>,
    program: ProgramId,
    token: &TokenState,
) -> Result<Changed, ChangeError> {
    let owner = owner(transaction, &token.token).await?;
    if owner.is_some_and(|owner| owner != program) {
        return Err(ChangeError::Refused(Changed::TokenTaken(token.token.clone())));
    }
    let expires_at = token.expires_at.map(Timestamp::as_millisecond);
    let text = token.token.expose();
    let methods = json(&token.methods)?;
    transaction.execute(PUT, &[&text, &program.0, &methods, &token.suspended, &token.template, &expires_at]).await?;
    Ok(if owner.is_some() { Changed::Replaced } else { Changed::Made })
}

/// Removes a token of the program.
///
/// # Errors
/// [`ChangeError`].
pub async fn remove(
    transaction: &Transaction<'_>,
    program: ProgramId,
    token: &SecurityToken,
) -> Result<Changed, ChangeError> {
    let sql = "DELETE FROM security_token WHERE program_id = $1 AND token = $2";
    match transaction.execute(sql, &[&program.0, &token.expose()]).await? {
        0 => Err(ChangeError::Refused(Changed::NotFound)),
        _ => Ok(Changed::Removed),
    }
}

/// All tokens of a program.
///
/// # Errors
/// [`PgError`].
pub async fn read(transaction: &Transaction<'_>, program: ProgramId) -> Result<Vec<TokenState>, PgError> {
    let sql = "SELECT token, methods, suspended, template, expires_at FROM security_token WHERE program_id = $1
               ORDER BY token COLLATE \"C\"";
    let rows = transaction.query(sql, &[&program.0]).await?;
    let token = |row: &tokio_postgres::Row| {
        Ok(TokenState {
            token: SecurityToken::new(row.get::<_, String>(0)),
            methods: from_json(row.get(1))?,
            suspended: row.get(2),
            template: row.get(3),
            expires_at: read_time(row.get(4)),
        })
    };
    rows.iter().map(token).collect()
}

async fn owner(transaction: &Transaction<'_>, token: &SecurityToken) -> Result<Option<ProgramId>, ChangeError> {
    let sql = "SELECT program_id FROM security_token WHERE token = $1";
    Ok(transaction.query_opt(sql, &[&token.expose()]).await?.map(|row| ProgramId(row.get(0))))
}
