//! Bounds how fast the admin token can be guessed: by all callers together, as those who guess have many addresses.
//!
//! Who has given the right token from an address is heard from there whatever others do; and once there are many wrong tokens,
//! those who haven't been wrong lately are heard first. So nobody who has the token is kept out by one who guesses.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Within this time failures count.
pub const WINDOW: Duration = Duration::from_secs(60);
/// So many failures are heard from anybody.
const FREE: usize = 10;
/// So many in all; beyond [`FREE`], from each address one.
const MOST: usize = 60;
/// Addresses that are remembered for having given the right token.
const MAX_KNOWN: usize = 1000;

/// What is known of earlier tries.
#[derive(Debug, Default)]
pub struct Guesses(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    failures: VecDeque<(Instant, Option<IpAddr>)>,
    known: VecDeque<IpAddr>,
}

/// What became of a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Right,
    Wrong,
    /// There were so many wrong ones that nobody has looked at it.
    Unheard,
}

impl Guesses {
    /// Judges a token that came from there at this time, unless there were too many wrong ones.
    pub fn judge(&self, from: Option<IpAddr>, now: Instant, is_right: impl FnOnce() -> bool) -> Verdict {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !state.hears(from, now) {
            return Verdict::Unheard;
        }
        match is_right() {
            true => {
                state.remember(from);
                Verdict::Right
            }
            false => {
                state.fail(from, now);
                Verdict::Wrong
            }
        }
    }
}

impl State {
    fn hears(&mut self, from: Option<IpAddr>, now: Instant) -> bool {
        while self.failures.front().is_some_and(|(at, _)| now.duration_since(*at) >= WINDOW) {
            self.failures.pop_front();
        }
        let failed = |from| self.failures.iter().any(|(_, other)| *other == from);
        from.is_some_and(|from| self.known.contains(&from))
            || self.failures.len() < FREE
            || (self.failures.len() < MOST && !failed(from))
    }

    fn remember(&mut self, from: Option<IpAddr>) {
        let Some(from) = from.filter(|from| !self.known.contains(from)) else { return };
        self.known.push_back(from);
        if self.known.len() > MAX_KNOWN {
            self.known.pop_front();
        }
    }

    fn fail(&mut self, from: Option<IpAddr>, now: Instant) {
        self.known.retain(|known| Some(*known) != from);
        self.failures.push_back((now, from));
        if self.failures.len() > MOST {
            self.failures.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(number: u32) -> IpAddr {
        IpAddr::from(number.to_be_bytes())
    }

    fn wrong(guesses: &Guesses, from: u32, now: Instant) -> Verdict {
        guesses.judge(Some(address(from)), now, || false)
    }

    #[test]
    fn no_more_than_sixty_wrong_tokens_a_minute_are_heard_from_all_together() {
        let (guesses, begun) = (Guesses::default(), Instant::now());
        for minute in 0..3 {
            let now = begun + WINDOW * minute;
            let heard = (0..10_000).filter(|from| wrong(&guesses, *from, now) == Verdict::Wrong).count();
            assert_eq!(heard, MOST);
        }
    }

    #[test]
    fn who_guesses_from_one_address_keeps_nobody_else_out() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        let heard = (0..1000).filter(|_| wrong(&guesses, 1, now) == Verdict::Wrong).count();
        assert_eq!(heard, FREE);
        assert_eq!(guesses.judge(Some(address(1)), now, || true), Verdict::Unheard);
        assert_eq!(guesses.judge(Some(address(2)), now, || true), Verdict::Right);
    }

    #[test]
    fn who_has_given_the_right_token_is_heard_until_wrong() {
        let (guesses, now) = (Guesses::default(), Instant::now());
        assert_eq!(guesses.judge(Some(address(7)), now, || true), Verdict::Right);
        for from in 100..1000 {
            wrong(&guesses, from, now);
        }
        assert_eq!(guesses.judge(Some(address(8)), now, || true), Verdict::Unheard);
        for _ in 0..100 {
            assert_eq!(guesses.judge(Some(address(7)), now, || true), Verdict::Right);
        }
        assert_eq!(wrong(&guesses, 7, now), Verdict::Wrong);
        assert_eq!(guesses.judge(Some(address(7)), now, || true), Verdict::Unheard);
        assert_eq!(guesses.judge(Some(address(7)), now + WINDOW, || true), Verdict::Right);
    }
}
