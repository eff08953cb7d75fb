//! The time, real or of a tester's making, so that everything with an expiry can be tested without waiting.

use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};

/// Tells the time to whoever must know it. Clones share one time.
#[derive(Clone, Debug, Default)]
pub struct Clock(Arc<RwLock<Pace>>);

/// How the time goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// So much ahead of the machine's.
    Running(SignedDuration),
    Held(Timestamp),
}

impl Default for Pace {
    fn default() -> Self {
        Self::Running(SignedDuration::ZERO)
    }
}

impl Pace {
    /// `None` where no timestamp is.
    fn now(self) -> Option<Timestamp> {
        match self {
            Self::Running(ahead) => Timestamp::now().checked_add(ahead).ok(),
            Self::Held(now) => Some(now),
        }
    }
}

/// What the clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    pub now: Timestamp,
    /// Whether it stands still.
    pub is_held: bool,
}

impl Clock {
    /// A clock that runs with the machine's.
    pub fn system() -> Self {
        Self::default()
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.read().now
    }

    /// The time, and whether it stands still.
    pub fn read(&self) -> Reading {
        let pace = *self.0.read().unwrap_or_else(PoisonError::into_inner);
        Reading { now: pace.now().unwrap_or(Timestamp::MAX), is_held: matches!(pace, Pace::Held(_)) }
    }

    /// Stops the clock at `now`.
    pub fn hold(&self, now: Timestamp) {
        self.set(Pace::Held(now));
    }

    /// Sets the clock to `now`, from where it runs.
    pub fn run_from(&self, now: Timestamp) {
        self.set(Pace::Running(now.duration_since(Timestamp::now())));
    }

    /// Goes forward, or back if negative; then it stands still or runs on as before. Says what it shows then, or `None` if
    /// there is no such time, and nothing changed.
    pub fn advance(&self, by: SignedDuration) -> Option<Reading> {
        let mut pace = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let next = match *pace {
            Pace::Running(ahead) => Pace::Running(ahead.checked_add(by)?),
            Pace::Held(now) => Pace::Held(now.checked_add(by).ok()?),
        };
        let now = next.now().filter(|now| Self::can_show(*now))?;
        *pace = next;
        Some(Reading { now, is_held: matches!(next, Pace::Held(_)) })
    }

    /// Goes back to the machine's time.
    pub fn clear(&self) {
        self.set(Pace::default());
    }

    /// Whether RFC 3339 can write the time, for a while to come: years 0 to 9998.
    pub fn can_show(now: Timestamp) -> bool {
        const YEAR_0: i64 = -62_167_219_200;
        const YEAR_9999: i64 = 253_370_764_800;
        (YEAR_0..YEAR_9999).contains(&now.as_second())
    }

    fn set(&self, pace: Pace) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = pace;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    #[test]
    fn a_held_clock_stands_until_it_is_advanced() {
        let clock = Clock::system();
        clock.hold(time("2026-01-01T00:00:00Z"));
        assert_eq!(clock.now(), time("2026-01-01T00:00:00Z"));
        let reading = clock.clone().advance(SignedDuration::from_secs(3600));
        assert_eq!(reading, Some(Reading { now: time("2026-01-01T01:00:00Z"), is_held: true }));
        assert_eq!(clock.now(), time("2026-01-01T01:00:00Z"));
    }

    #[test]
    fn a_running_clock_runs_on_from_where_it_was_put() {
        let clock = Clock::system();
        clock.run_from(time("2030-01-01T00:00:00Z"));
        clock.advance(SignedDuration::from_secs(-3600)).expect("a time");
        let Reading { now, is_held } = clock.read();
        assert!(!is_held && now >= time("2029-12-31T23:00:00Z") && now < time("2029-12-31T23:30:00Z"), "{now}");
        clock.clear();
        assert!(clock.now() < time("2029-12-31T00:00:00Z") || Timestamp::now() > time("2029-12-31T00:00:00Z"));
    }

    #[test]
    fn a_time_that_cannot_be_is_refused_and_changes_nothing() {
        let clock = Clock::system();
        clock.hold(time("2026-01-01T00:00:00Z"));
        for by in [SignedDuration::MAX, SignedDuration::MIN, SignedDuration::from_hours(24 * 366 * 8000)] {
            assert_eq!(clock.advance(by), None, "{by}");
        }
        assert_eq!(clock.now(), time("2026-01-01T00:00:00Z"));
    }
}
