//! What was called in the last minutes.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

/// How long a slot lasts.
pub const SLOT_SECONDS: u64 = 10;
/// How many slots are kept.
pub const SLOTS: usize = 30;

/// The calls of some seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Slot {
    pub calls: u64,
    /// How many had no return code: faults, HTTP errors, closed connections.
    pub without_code: u64,
    /// Return codes and how many calls had them, by code.
    pub codes: Vec<(u16, u64)>,
}

/// The last minutes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recent {
    /// Oldest first; the last one has only begun. Always [`SLOTS`] of them.
    pub slots: Vec<Slot>,
    /// How many seconds of the last slot have passed, at least one.
    pub last_seconds: u64,
}

#[derive(Debug)]
pub(super) struct RecentCalls {
    start: Instant,
    window: Mutex<Window>,
}

#[derive(Debug, Default)]
struct Window {
    slots: VecDeque<Slot>,
    /// The number of the last slot, counted from the start.
    last: u64,
}

impl Default for RecentCalls {
    fn default() -> Self {
        let slots = std::iter::repeat_n(Slot::default(), SLOTS).collect();
        Self { start: Instant::now(), window: Mutex::new(Window { slots, last: 0 }) }
    }
}

impl RecentCalls {
    pub fn count(&self, return_code: Option<u16>) {
        let mut window = self.lock();
        window.go_on_to(self.elapsed() / SLOT_SECONDS);
        if let Some(slot) = window.slots.back_mut() {
            slot.count(return_code);
        }
    }

    pub fn all(&self) -> Recent {
        let elapsed = self.elapsed();
        let mut window = self.lock();
        window.go_on_to(elapsed / SLOT_SECONDS);
        Recent { slots: window.slots.iter().cloned().collect(), last_seconds: elapsed % SLOT_SECONDS + 1 }
    }

    fn elapsed(&self) -> u64 {
        self.start.elapsed().as_secs()
    }

    fn lock(&self) -> MutexGuard<'_, Window> {
        self.window.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn go_on_to(&mut self, slot: u64) {
        for _ in 0..slot.saturating_sub(self.last).min(SLOTS as u64) {
            self.slots.pop_front();
            self.slots.push_back(Slot::default());
        }
        self.last = self.last.max(slot);
    }
}

impl Slot {
    fn count(&mut self, return_code: Option<u16>) {
        self.calls += 1;
        let Some(code) = return_code else {
            self.without_code += 1;
            return;
        };
        match self.codes.binary_search_by_key(&code, |(code, _)| *code) {
            Ok(place) => self.codes[place].1 += 1,
            Err(place) => self.codes.insert(place, (code, 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_follow_each_other_and_the_oldest_goes() {
        let recent = RecentCalls::default();
        for code in [Some(0), Some(315), Some(0), None] {
            recent.count(code);
        }
        let counted = Slot { calls: 4, without_code: 1, codes: vec![(0, 2), (315, 1)] };
        let mut window = recent.lock();
        assert_eq!(window.slots.back(), Some(&counted));
        window.go_on_to(SLOTS as u64 - 1);
        assert_eq!((window.slots.front(), window.slots.len()), (Some(&counted), SLOTS));
        window.go_on_to(1_000_000);
        assert!(window.slots.iter().all(|slot| slot.calls == 0));
    }
}
