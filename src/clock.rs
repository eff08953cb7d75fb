//! The time, real or held, so that everything with an expiry can be tested without waiting.

use std::sync::{Arc, RwLock};

use jiff::Timestamp;

/// Tells the time to whoever must know it. Clones share one time.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    held: Arc<RwLock<Option<Timestamp>>>,
}

impl Clock {
    /// A clock that runs with the machine's.
    pub fn system() -> Self {
        Self::default()
    }

    /// Stops the clock at `now`.
    pub fn hold(&self, now: Timestamp) {
        *self.held.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(now);
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        let held = *self.held.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        held.unwrap_or_else(Timestamp::now)
    }
}
