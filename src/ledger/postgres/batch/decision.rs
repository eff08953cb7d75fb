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
