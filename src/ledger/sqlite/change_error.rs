//! Why a change ends before it is made.

use crate::ledger::Changed;

/// Ends a change. Whatever it has written by then is taken back.
#[derive(Debug)]
pub enum ChangeError {
    /// The answer to the caller.
    Refused(Changed),
    /// What was to be put in came without its end.
    CutShort,
    /// The store failed.
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for ChangeError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}
