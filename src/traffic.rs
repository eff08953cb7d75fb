//! Who may come in: signed calls come once, and not too often.
//!
//! Calls are counted in windows of a second that begin with a call. That is one rule which a process can keep in its memory and
//! a database in one statement, so nodes count together; and unlike a bucket that fills up again, it never admits more than the
//! documented number within its second.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::ledger::{LedgerError, RateLimitDecision, RateLimitRequest, SharedState, WINDOW};

/// So many nonces are remembered for their whole life; with more, the oldest half is forgotten earlier.
const MOST_NONCES: usize = 1_000_000;

/// With so many windows, those that are over are forgotten.
const MOST_WINDOWS: usize = 10_000;

/// Nonces and counts of callers. Clones share them.
#[derive(Clone)]
pub struct ReplayAndRateGuard(Place);

/// Where they are kept.
#[derive(Clone)]
enum Place {
    Local(Arc<Mutex<LocalTraffic>>),
    Shared(Arc<dyn SharedState>),
}

impl ReplayAndRateGuard {
    /// A guard that is shared by all nodes with this shared state; without it, that of this process.
    pub fn new(shared_state: Option<Arc<dyn SharedState>>) -> Self {
        Self(shared_state.map_or_else(|| Place::Local(Arc::default()), Place::Shared))
    }

    /// Notes a nonce, and counts a call if the nonce is a new one.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the guard.
    pub async fn admit(&self, admission: RateLimitRequest) -> Result<RateLimitDecision, LedgerError> {
        match &self.0 {
            Place::Local(traffic) => Ok(lock(traffic).admit(&admission)),
            Place::Shared(shared_state) => shared_state.admit(admission).await,
        }
    }

    /// Forgets all nonces and counts.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the guard.
    pub async fn clear(&self) -> Result<(), LedgerError> {
        match &self.0 {
            Place::Local(traffic) => {
                lock(traffic).clear();
                Ok(())
            }
            Place::Shared(shared_state) => shared_state.clear_traffic().await,
        }
    }
}

fn lock(traffic: &Mutex<LocalTraffic>) -> MutexGuard<'_, LocalTraffic> {
    traffic.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The guard of one process.
#[derive(Debug)]
pub struct LocalTraffic {
    nonces: Nonces,
    windows: HashMap<String, Window>,
}

impl Default for LocalTraffic {
    fn default() -> Self {
        Self { nonces: Nonces::new(Instant::now()), windows: HashMap::new() }
    }
}

impl LocalTraffic {
    pub fn admit(&mut self, admission: &RateLimitRequest) -> RateLimitDecision {
        self.admit_at(admission, Instant::now())
    }

    pub fn clear(&mut self) {
        *self = Self::default();
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
    use crate::ledger::in_memory::nodes;

    const LIFE: Duration = Duration::from_secs(1800);

    fn call(nonce: impl Into<String>, counter: Option<&str>) -> RateLimitRequest {
        RateLimitRequest { nonce: nonce.into(), nonce_life: LIFE, counter: counter.map(str::to_owned) }
    }

    #[tokio::test]
    async fn a_nonce_is_new_once_and_only_then_is_the_call_counted() {
        let [node] = nodes();
        for traffic in [ReplayAndRateGuard::new(None), ReplayAndRateGuard::new(Some(node))] {
            let first = traffic.admit(call("a", Some("x"))).await.expect("a store");
            assert_eq!((first.is_new, first.calls), (true, 1));
            let again = traffic.admit(call("a", Some("x"))).await.expect("a store");
            assert_eq!((again.is_new, again.calls), (false, 0));
            let uncounted = traffic.admit(call("b", None)).await.expect("a store");
            assert_eq!((uncounted.is_new, uncounted.calls), (true, 0));
            traffic.clear().await.expect("a store");
            let anew = traffic.admit(call("a", Some("x"))).await.expect("a store");
            assert_eq!((anew.is_new, anew.calls), (true, 1));
        }
    }

    #[test]
    fn a_window_lasts_a_second_from_its_first_call() {
        let mut traffic = LocalTraffic::default();
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
        let mut traffic = LocalTraffic::default();
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
