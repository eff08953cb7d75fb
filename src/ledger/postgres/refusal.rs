//! Why a change ends before it is made.

use super::errors::Trouble;
use crate::ledger::Changed;

/// Ends a change. Whatever it has written by then is taken back.
#[derive(Debug)]
pub enum Stop {
    /// The answer to the caller.
    Refused(Changed),
    /// The database, or the way to it.
    Failed(Trouble),
}

impl From<Trouble> for Stop {
    fn from(trouble: Trouble) -> Self {
        Self::Failed(trouble)
    }
}

impl From<tokio_postgres::Error> for Stop {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Failed(error.into())
    }
}
