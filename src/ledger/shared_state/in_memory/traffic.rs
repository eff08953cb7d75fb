//! Signed calls of one process: they come once, and not too often.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant};

use crate::ledger::{RateLimitDecision, RateLimitRequest, WINDOW};

/// So many nonces are remembered for their whole life; with more, the oldest half is forgotten earlier.
const MOST_NONCES: usize = 1_000_000;

/// With so many windows, those that are over are forgotten.
const MOST_WINDOWS: usize = 10_000;

/// Nonces and counts of callers.
#[derive(Debug)]
pub struct Traffic {
    nonces: Nonces,
    windows: HashMap<String, Window>,
}

impl Default for Traffic {
    fn default() -> Self {
        Self { nonces: Nonces::new(Instant::now()), windows: HashMap::new() }
    }
}

impl Traffic {
    pub fn admit(&mut self, admission: &RateLimitRequest) -> RateLimitDecision {
        self.admit_at(admission, Instant::now())
    }

    fn admit_at(&mut self, admission: &RateLimitRequest, now: Instant) -> RateLimitDecision {
        let is_new = self.nonces.note(&admission.nonce, admission.nonce_life, now);
        let (mut calls, mut window_left) = (0, Duration::ZERO);
        if is_new && let Some(counter) = &admission.counter {
            if self.windows.len() >= MOST_WINDOWS {
                self.windows.retain(|_, window| now.duration_since(window.began) < WINDOW);
            }
            let window = self.windows.entry(counter.clone()).or_insert(Window { began: now, calls: 0 });
            (calls, window_left) = window.count(now);
        }
        RateLimitDecision { is_new, calls, window_left }
    }
}

#[derive(Debug)]
struct Window {
    began: Instant,
    calls: u32,
}

impl Window {
    fn count(&mut self, now: Instant) -> (u32, Duration) {
        if now.duration_since(self.began) >= WINDOW {
            *self = Self { began: now, calls: 0 };
        }
        self.calls = self.calls.saturating_add(1);
        (self.calls, WINDOW.saturating_sub(now.duration_since(self.began)))
    }
}

/// Nonces of two generations, as hashes with a key that nobody knows: eight bytes each. A generation lasts as long as a nonce must
/// be remembered, so each is remembered for at least that long.
#[derive(Debug)]
struct Nonces {
    key: RandomState,
    present: HashSet<u64>,
    past: HashSet<u64>,
    began: Instant,
}

impl Nonces {
    fn new(now: Instant) -> Self {
        Self { key: RandomState::new(), present: HashSet::new(), past: HashSet::new(), began: now }
    }

    fn note(&mut self, nonce: &str, life: Duration, now: Instant) -> bool {
        let age = now.duration_since(self.began);
        if age >= life || self.present.len() >= MOST_NONCES / 2 {
            self.past = std::mem::take(&mut self.present);
            self.began = now;
            if age >= 2 * life {
                self.past.clear();
            }
        }
        let hash = self.key.hash_one(nonce);
        !self.past.contains(&hash) && self.present.insert(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: Duration = Duration::from_secs(1800);

    fn call(nonce: impl Into<String>, counter: Option<&str>) -> RateLimitRequest {
        RateLimitRequest { nonce: nonce.into(), nonce_life: LIFE, counter: counter.map(str::to_owned) }
    }

    #[test]
    fn a_window_lasts_a_second_from_its_first_call() {
        let mut traffic = Traffic::default();
        let begin = Instant::now();
        for (nonce, (milliseconds, counter, calls, left)) in
            [(0, "x", 1, 1000), (400, "x", 2, 600), (999, "x", 3, 1), (999, "y", 1, 1000), (1000, "x", 1, 1000)]
                .into_iter()
                .enumerate()
        {
            let now = begin + Duration::from_millis(milliseconds);
            let admitted = traffic.admit_at(&call(nonce.to_string(), Some(counter)), now);
            assert_eq!((admitted.calls, admitted.window_left), (calls, Duration::from_millis(left)), "{milliseconds}");
        }
    }

    #[test]
    fn windows_that_are_over_are_forgotten_once_there_are_many() {
        let mut traffic = Traffic::default();
        let begin = Instant::now();
        for counter in 0..3 * MOST_WINDOWS {
            let now = begin + WINDOW * u32::try_from(counter / MOST_WINDOWS).expect("a few");
            let admitted = traffic.admit_at(&call(counter.to_string(), Some(&counter.to_string())), now);
            assert_eq!(admitted.calls, 1);
            assert!(traffic.windows.len() <= MOST_WINDOWS);
        }
    }

    #[test]
    fn a_nonce_is_remembered_for_its_life_and_not_for_ever() {
        let begin = Instant::now();
        let mut nonces = Nonces::new(begin);
        assert!(nonces.note("a", LIFE, begin + LIFE / 2));
        assert!(!nonces.note("a", LIFE, begin + LIFE / 2 + LIFE * 9 / 10));
        assert!(nonces.note("b", LIFE, begin + LIFE / 2 + LIFE));
        assert!(nonces.note("a", LIFE, begin + 5 * LIFE), "both generations are over");
    }
}
