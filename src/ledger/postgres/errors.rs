//! What an error of the database means, and what to do about it.

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, SqlState};

use crate::ledger::LedgerError;

/// What went wrong with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PgError {
    /// Others were in the way, and nothing was done: the same may succeed when it is tried again.
    Conflict(String),
    /// The session is gone, or no good any more. Whether the statement was done, nobody can tell.
    Lost(String),
    /// The database refuses; nothing was done.
    Refused(String),
}

impl PgError {
    /// The cause, in words a user can act on.
    pub fn reason(&self) -> &str {
        match self {
            Self::Conflict(reason) | Self::Lost(reason) | Self::Refused(reason) => reason,
        }
    }
}

impl From<Error> for PgError {
    fn from(error: Error) -> Self {
        let reason = explain(&error);
        match error.as_db_error().map(DbError::code) {
            Some(code) if is_conflict(code) => Self::Conflict(reason),
            Some(code) if !is_end_of_session(code) => Self::Refused(reason),
            _ => Self::Lost(reason),
        }
    }
}

impl From<PgError> for LedgerError {
    fn from(error: PgError) -> Self {
        Self::Unavailable(error.reason().to_owned())
    }
}

/// Serialization failures, deadlocks, a unique key that another transaction took first, a lock that wasn't to be had, a statement
/// that somebody cancelled.
fn is_conflict(code: &SqlState) -> bool {
    [
        &SqlState::T_R_SERIALIZATION_FAILURE,
        &SqlState::T_R_DEADLOCK_DETECTED,
        &SqlState::UNIQUE_VIOLATION,
        &SqlState::LOCK_NOT_AVAILABLE,
        &SqlState::QUERY_CANCELED,
    ]
    .contains(&code)
}

/// The server stops, starts, has become a standby, or has no session left; 40003 is how some engines say that they don't know what
/// became of a commit.
fn is_end_of_session(code: &SqlState) -> bool {
    let others = [
        &SqlState::READ_ONLY_SQL_TRANSACTION,
        &SqlState::T_R_STATEMENT_COMPLETION_UNKNOWN,
        &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        &SqlState::TOO_MANY_CONNECTIONS,
    ];
    ["08", "57P"].iter().any(|class| code.code().starts_with(class)) || others.contains(&code)
}

/// What an error means, without the details, which have the values of a row.
pub fn explain(error: &Error) -> String {
    let Some(database) = error.as_db_error() else { return chain(error) };
    let advice = match database.code() {
        code if *code == SqlState::INVALID_PASSWORD || *code == SqlState::INVALID_AUTHORIZATION_SPECIFICATION => {
            "the database doesn't let this user in; check user, password and pg_hba.conf"
        }
        code if *code == SqlState::INVALID_CATALOG_NAME => "there is no such database; create it first",
        code if *code == SqlState::TOO_MANY_CONNECTIONS => "the database has no connection left; raise max_connections",
        code if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
            "the user may not do this; it needs a schema of its own, or CREATE on this one"
        }
        code if *code == SqlState::DISK_FULL => "the database's disk is full; make room",
        code if *code == SqlState::READ_ONLY_SQL_TRANSACTION => "the database is a standby; name the primary, too",
        _ => "the database says",
    };
    format!("{advice}: {} ({})", database.message(), database.code().code())
}

/// The error with its causes, which tokio-postgres keeps apart.
fn chain(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        let words = error.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        cause = error.source();
    }
    text
}
