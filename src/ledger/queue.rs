//! How saves wait for whoever writes them.

/// How much may wait, and how much is written at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Calls that may wait; one more is [`LedgerError::Busy`](super::LedgerError::Busy).
    pub length: usize,
    /// Calls that share one transaction and one flush of the disk.
    pub batch: usize,
    /// How many write, each a batch of its own: all but the first only when that one is slow, or can't take all. SQLite has one
    /// writer, whatever this says.
    pub writers: usize,
}

impl Default for Queue {
    /// For a file on this machine.
    fn default() -> Self {
        Self { length: 4096, batch: 256, writers: 1 }
    }
}

impl Queue {
    /// For a database behind a network, where a longer queue would only make its callers wait longer.
    pub fn shared() -> Self {
        Self { length: 1024, batch: 256, writers: 2 }
    }
}
