//! What the writer last failed at, for whoever asks whether the ledger can be written.

use std::mem;
use std::sync::{Mutex, PoisonError};

/// Why a ledger couldn't be written, until it is known that it can.
#[derive(Debug, Default)]
pub struct LastFailure(Mutex<Option<String>>);

impl LastFailure {
    /// The reason; `None` if the ledger can be written, as far as is known.
    pub fn read(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Notes a failure, or that the last one is over. Gives what was there before.
    pub fn replace(&self, reason: Option<String>) -> Option<String> {
        mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), reason)
    }
}
