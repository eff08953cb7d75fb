//! What a statement tells of its writes.

use crate::ledger::Written;

/// What became of one write of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    Made(Written),
    /// Another write was in the way; nothing was done.
    Again,
    /// It needs the program to itself; nothing was done.
    Exclusive,
}

impl Decision {
    /// What a statement of values that one member may hold at most gives.
    pub fn of(code: i32) -> Self {
        match code {
            0 => Self::Made(Written::Done),
            1 => Self::Made(Written::NoSuchMember),
            2 => Self::Made(Written::HeldByAnotherMember),
            3 => Self::Again,
            // The value is shared, or is to be.
            _ => Self::Exclusive,
        }
    }
}
