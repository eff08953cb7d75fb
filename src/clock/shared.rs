//! The clock of all nodes of a ledger.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::mode::ClockMode;
use crate::ledger::{LedgerError, SharedConfigView, SharedState};

/// How often a change is made anew because another node came first.
const MAX_TRIES: usize = 50;

pub struct SharedPace {
    shared_state: Arc<dyn SharedState>,
    mode: SharedConfigView<ClockMode>,
    /// Held while this node changes the clock, so that only other nodes can come first.
    turn: Mutex<()>,
}

impl SharedPace {
    pub fn new(shared_state: Arc<dyn SharedState>) -> Self {
        Self {
            mode: SharedConfigView::new(&*shared_state, |config| read(config.clock.as_deref())),
            shared_state,
            turn: Mutex::default(),
        }
    }

    pub fn get(&self) -> ClockMode {
        self.mode.get()
    }

    /// Replaces the mode by what `next` makes of it, all over again if another node came first. Gives what it makes; if that is
    /// nothing, nothing changes.
    ///
    /// # Errors
    /// [`LedgerError`]; `Busy` if other nodes always came first.
    pub async fn change(
        &self,
        next: impl Fn(ClockMode) -> Option<ClockMode>,
    ) -> Result<Option<ClockMode>, LedgerError> {
        let _turn = self.turn.lock().await;
        for _ in 0..MAX_TRIES {
            let present = self.shared_state.config().borrow().clock.clone();
            let Some(next) = next(read(present.as_deref())) else { return Ok(None) };
            if self.shared_state.set_clock(present.as_deref(), write(next)).await? {
                return Ok(Some(next));
            }
        }
        Err(LedgerError::Busy)
    }
}

/// The mode of a clock that nobody has set is the machine's. So is one that this node can't read: it has to go somehow.
fn read(clock: Option<&str>) -> ClockMode {
    let Some(clock) = clock else { return ClockMode::default() };
    let warn = |error: &serde_json::Error| tracing::warn!(clock, %error, "the clock of another node can't be read");
    serde_json::from_str(clock).inspect_err(warn).unwrap_or_default()
}

fn write(mode: ClockMode) -> Option<String> {
    // A time or a duration: writing it doesn't fail.
    (mode != ClockMode::default()).then(|| serde_json::to_string(&mode).unwrap_or_default())
}
