//! The time of a running server.

use jiff::{SignedDuration, Timestamp};

use super::Server;
use crate::clock::{Clock, Reading};

/// The clock of a server, for tests that don't wait.
#[derive(Clone, Copy)]
pub struct ServerClock<'s>(&'s Server);

impl<'s> ServerClock<'s> {
    pub(super) fn of(server: &'s Server) -> Self {
        Self(server)
    }

    /// The time.
    #[must_use]
    pub fn now(self) -> Timestamp {
        self.clock().now()
    }

    /// The time, and whether it stands still.
    #[must_use]
    pub fn read(self) -> Reading {
        self.clock().read()
    }

    /// Stops the clock at `now`.
    ///
    /// # Panics
    /// If the ledger is gone, and nodes share the clock.
    pub fn hold(self, now: Timestamp) {
        let clock = self.clock().clone();
        self.0.wait_for(async move { clock.hold(now).await }).expect("the ledger");
    }

    /// Sets the clock to `now`, from where it runs.
    ///
    /// # Panics
    /// If the ledger is gone, and nodes share the clock.
    pub fn run_from(self, now: Timestamp) {
        let clock = self.clock().clone();
        self.0.wait_for(async move { clock.run_from(now).await }).expect("the ledger");
    }

    /// Goes forward, or back if negative. Says what it shows then, or `None` if there is no such time, and nothing changed.
    ///
    /// # Panics
    /// If the ledger is gone, and nodes share the clock.
    pub fn advance(self, by: SignedDuration) -> Option<Reading> {
        let clock = self.clock().clone();
        self.0.wait_for(async move { clock.advance(by).await }).expect("the ledger")
    }

    /// Goes back to the machine's time.
    ///
    /// # Panics
    /// If the ledger is gone, and nodes share the clock.
    pub fn clear(self) {
        let clock = self.clock().clone();
        self.0.wait_for(async move { clock.clear().await }).expect("the ledger");
    }

    fn clock(self) -> &'s Clock {
        &self.0.platform.clock
    }
}
