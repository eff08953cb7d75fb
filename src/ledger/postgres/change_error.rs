//! Why a change ends before it is made.

use super::errors::PgError;
use crate::ledger::Changed;

/// Ends a change. Whatever it has written by then is taken back.
#[derive(Debug)]
pub enum ChangeError {
    /// The answer to the caller.
    Refused(Changed),
    /// The database, or the way to it.
    Failed(PgError),
}

impl From<PgError> for ChangeError {
    fn from(error: PgError) -> Self {
        Self::Failed(error)
    }
}

impl From<tokio_postgres::Error> for ChangeError {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Failed(error.into())
    }
}
