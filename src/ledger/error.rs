//! Why a ledger doesn't answer.

use thiserror::Error;

use super::MOST_PROOFS;

/// Why a ledger could not do its work. Never a refusal of the platform.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LedgerError {
    /// Too much is waiting already; the caller should come back.
    #[error("the ledger's queue is full")]
    Busy,
    /// The account has as many proofs as it may have, and none of them has expired.
    #[error("the account has {MOST_PROOFS} proofs of ownership already")]
    Full,
    /// The program of the call was replaced or removed since the call began, so the call comes to nothing.
    #[error("the program was replaced or removed since the call began")]
    Replaced,
    /// The store failed, for the reason given.
    #[error("the ledger is unavailable: {0}")]
    Unavailable(String),
}
