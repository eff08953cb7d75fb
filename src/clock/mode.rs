//! How the time goes.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Clock, Reading};

/// How the time goes. Nodes share it as JSON: `{"held":"2026-01-01T00:00:00Z"}` or `{"ahead":"PT1H"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClockMode {
    /// So much ahead of the machine's.
    #[serde(rename = "ahead")]
    Running(SignedDuration),
    #[serde(rename = "held")]
    Held(Timestamp),
}

impl Default for ClockMode {
    fn default() -> Self {
        Self::Running(SignedDuration::ZERO)
    }
}

impl ClockMode {
    /// The mode of a clock that nobody has set is the machine's. So is one that this node can't read: it has to go somehow.
    pub fn parse(json: Option<&str>) -> Self {
        let Some(json) = json else { return Self::default() };
        let warn =
            |error: &serde_json::Error| tracing::warn!(clock = json, %error, "the clock of another node can't be read");
        serde_json::from_str(json).inspect_err(warn).unwrap_or_default()
    }

    /// `None` for the machine's.
    pub fn json(self) -> Option<String> {
        // A time or a duration: writing it doesn't fail.
        (self != Self::default()).then(|| serde_json::to_string(&self).unwrap_or_default())
    }

    /// Runs on from `now`.
    pub fn from(now: Timestamp) -> Self {
        Self::Running(now.duration_since(Timestamp::now()))
    }

    /// What a clock shows that goes like this.
    pub fn read(self) -> Reading {
        Reading { now: self.now().unwrap_or(Timestamp::MAX), is_held: matches!(self, Self::Held(_)) }
    }

    /// The same mode, so much further on. `None` if a clock can't show that.
    pub fn advanced(self, by: SignedDuration) -> Option<Self> {
        let next = match self {
            Self::Running(ahead) => Self::Running(ahead.checked_add(by)?),
            Self::Held(now) => Self::Held(now.checked_add(by).ok()?),
        };
        next.now().is_some_and(Clock::can_show).then_some(next)
    }

    /// `None` where no timestamp is.
    fn now(self) -> Option<Timestamp> {
        match self {
            Self::Running(ahead) => Timestamp::now().checked_add(ahead).ok(),
            Self::Held(now) => Some(now),
        }
    }
}
