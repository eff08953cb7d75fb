//! The clock of all nodes of a ledger.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::pace::Pace;
use crate::ledger::{BoardView, Commons, LedgerError};

/// How often a change is made anew because another node came first.
const MAX_TRIES: usize = 50;

pub struct SharedPace {
    commons: Arc<dyn Commons>,
    pace: BoardView<Pace>,
    /// Held while this node changes the clock, so that only other nodes can come first.
    turn: Mutex<()>,
}

impl SharedPace {
    pub fn new(commons: Arc<dyn Commons>) -> Self {
        Self { pace: BoardView::new(&*commons, |board| read(board.clock.as_deref())), commons, turn: Mutex::default() }
    }

    pub fn get(&self) -> Pace {
        self.pace.get()
    }

    /// Replaces the pace by what `next` makes of it, all over again if another node came first. Gives what it makes; if that is
    /// nothing, nothing changes.
    ///
    /// # Errors
    /// [`LedgerError`]; `Busy` if other nodes always came first.
    pub async fn change(&self, next: impl Fn(Pace) -> Option<Pace>) -> Result<Option<Pace>, LedgerError> {
        let _turn = self.turn.lock().await;
        for _ in 0..MAX_TRIES {
            let present = self.commons.board().borrow().clock.clone();
            let Some(next) = next(read(present.as_deref())) else { return Ok(None) };
            if self.commons.set_clock(present.as_deref(), write(next)).await? {
                return Ok(Some(next));
            }
        }
        Err(LedgerError::Busy)
    }
}

/// The pace of a clock that nobody has set is the machine's. So is one that this node can't read: it has to go somehow.
fn read(clock: Option<&str>) -> Pace {
    let Some(clock) = clock else { return Pace::default() };
    let warn = |error: &serde_json::Error| tracing::warn!(clock, %error, "the clock of another node can't be read");
    serde_json::from_str(clock).inspect_err(warn).unwrap_or_default()
}

fn write(pace: Pace) -> Option<String> {
    // A time or a duration: writing it doesn't fail.
    (pace != Pace::default()).then(|| serde_json::to_string(&pace).unwrap_or_default())
}
