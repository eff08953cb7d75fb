//! What a ledger counts about itself.

/// The upper bounds of the classes in which batches are counted; there is one class more, for all beyond.
pub const BATCH_BOUNDS: [u64; 9] = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/// Counted since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerStats {
    /// Calls that wait for the writer now.
    pub waiting: u64,
    /// How many batches were of each size.
    pub batches: [u64; BATCH_BOUNDS.len() + 1],
    /// Calls in all batches together.
    pub batched: u64,
    /// Failures of the store.
    pub failures: u64,
}
