//! The time, real or of a tester's making, so that everything with an expiry can be tested without waiting.

mod mode;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::Mutex;

use crate::ledger::{ConfigChange, LedgerError, SharedConfigView, SharedState};
use mode::ClockMode;

/// How often a change is made anew because another node came first.
const MAX_TRIES: usize = 50;

/// Tells the time to whoever must know it. Clones share one time.
#[derive(Clone)]
pub struct Clock(Arc<Shared>);

struct Shared {
    state: Arc<dyn SharedState>,
    mode: SharedConfigView<ClockMode>,
    /// Held while this node changes the clock, so that only other nodes can come first.
    turn: Mutex<()>,
}

/// What the clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub now: Timestamp,
    /// Whether it stands still.
    pub is_held: bool,
}

impl Clock {
    /// The clock of all nodes with this shared state. They share how far a running clock is ahead: it shows as much the same on all
    /// of them as the clocks of their machines do.
    pub fn new(state: Arc<dyn SharedState>) -> Self {
        let mode = SharedConfigView::new(&*state, |config, _| ClockMode::parse(config.clock.as_deref()));
        Self(Arc::new(Shared { state, mode, turn: Mutex::default() }))
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.read().now
    }

    /// The time, and whether it stands still.
    pub fn read(&self) -> Reading {
        self.0.mode.read(|mode| *mode).read()
    }

    /// Stops the clock at `now`.
    ///
    /// # Errors
    /// [`LedgerError`]; `Busy` if other nodes always came first.
    pub async fn hold(&self, now: Timestamp) -> Result<(), LedgerError> {
        self.set(ClockMode::Held(now)).await
    }

    /// Sets the clock to `now`, from where it runs.
    ///
    /// # Errors
    /// [`LedgerError`]; `Busy` if other nodes always came first.
    pub async fn run_from(&self, now: Timestamp) -> Result<(), LedgerError> {
        self.set(ClockMode::from(now)).await
    }

    /// Goes forward, or back if negative; then it stands still or runs on as before. Says what it shows then, or `None` if
    /// there is no such time, and nothing changed.
    ///
    /// # Errors
    /// [`LedgerError`]; `Busy` if other nodes always came first.
    pub async fn advance(&self, by: SignedDuration) -> Result<Option<Reading>, LedgerError> {
        let advanced = self.change(|mode| mode.advanced(by)).await?;
        Ok(advanced.map(ClockMode::read))
    }

    /// Goes back to the machine's time.
    ///
    /// # Errors
    /// [`LedgerError`]; `Busy` if other nodes always came first.
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

    /// Goes on at the mode that `next` makes of the present one, made anew if another node came first; as before if it makes none.
    /// Gives what it makes.
    async fn change(&self, next: impl Fn(ClockMode) -> Option<ClockMode>) -> Result<Option<ClockMode>, LedgerError> {
        let Shared { state, turn, .. } = &*self.0;
        let _turn = turn.lock().await;
        for _ in 0..MAX_TRIES {
            let expected = state.config().borrow().clock.clone();
            let Some(next) = next(ClockMode::parse(expected.as_deref())) else { return Ok(None) };
            if state.change_config(ConfigChange::SetClock { expected, clock: next.json() }).await?.is_some() {
                return Ok(Some(next));
            }
        }
        Err(LedgerError::Busy)
    }
}
