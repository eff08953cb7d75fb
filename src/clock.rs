//! The time, real or of a tester's making, so that everything with an expiry can be tested without waiting.

mod mode;
mod shared;
#[cfg(test)]
mod tests;

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};

use crate::ledger::{LedgerError, SharedState};
use mode::ClockMode;
use shared::SharedPace;

/// Tells the time to whoever must know it. Clones share one time.
#[derive(Clone)]
pub struct Clock(Arc<Place>);

/// Where it is kept how the time goes.
enum Place {
    Local(RwLock<ClockMode>),
    Shared(SharedPace),
}

/// What the clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub now: Timestamp,
    /// Whether it stands still.
    pub is_held: bool,
}

impl Clock {
    /// A clock of this process, which runs with the machine's.
    pub fn system() -> Self {
        Self::new(None)
    }

    /// A clock that is shared by all nodes with this shared state; without it, one as [`system`](Self::system). Nodes share how
    /// far a running clock is ahead: it shows as much the same on all of them as the clocks of their machines do.
    pub fn new(shared_state: Option<Arc<dyn SharedState>>) -> Self {
        Self(Arc::new(match shared_state {
            Some(shared_state) => Place::Shared(SharedPace::new(shared_state)),
            None => Place::Local(RwLock::default()),
        }))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.read().now
    }

    /// The time, and whether it stands still.
    pub fn read(&self) -> Reading {
        match &*self.0 {
            Place::Local(mode) => *mode.read().unwrap_or_else(PoisonError::into_inner),
            Place::Shared(mode) => mode.get(),
        }
        .read()
    }

    /// Stops the clock at `now`.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the clock.
    pub async fn hold(&self, now: Timestamp) -> Result<(), LedgerError> {
        self.set(ClockMode::Held(now)).await
    }

    /// Sets the clock to `now`, from where it runs.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the clock.
    pub async fn run_from(&self, now: Timestamp) -> Result<(), LedgerError> {
        self.set(ClockMode::from(now)).await
    }

    /// Goes forward, or back if negative; then it stands still or runs on as before. Says what it shows then, or `None` if
    /// there is no such time, and nothing changed.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the clock.
    pub async fn advance(&self, by: SignedDuration) -> Result<Option<Reading>, LedgerError> {
        let advanced = self.change(|mode| mode.advanced(by)).await?;
        Ok(advanced.map(ClockMode::read))
    }

    /// Goes back to the machine's time.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the clock.
    pub async fn clear(&self) -> Result<(), LedgerError> {
        self.set(ClockMode::default()).await
    }

    /// Whether RFC 3339 can write the time, for a while to come: years 0 to 9998.
    pub fn can_show(now: Timestamp) -> bool {
        const YEAR_0: i64 = -62_167_219_200;
        const YEAR_9999: i64 = 253_370_764_800;
        (YEAR_0..YEAR_9999).contains(&now.as_second())
    }

    async fn set(&self, mode: ClockMode) -> Result<(), LedgerError> {
        self.change(|_| Some(mode)).await.map(drop)
    }

    /// Goes on at the mode that `next` makes of the present one; as before if it makes none. Gives what it makes.
    async fn change(&self, next: impl Fn(ClockMode) -> Option<ClockMode>) -> Result<Option<ClockMode>, LedgerError> {
        match &*self.0 {
            Place::Local(mode) => {
                let mut mode = mode.write().unwrap_or_else(PoisonError::into_inner);
                let next = next(*mode);
                *mode = next.unwrap_or(*mode);
                Ok(next)
            }
            Place::Shared(mode) => mode.change(next).await,
        }
    }
}
