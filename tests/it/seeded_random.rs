//! Random choices that can be made again.

use std::time::{SystemTime, UNIX_EPOCH};

/// A small generator (SplitMix64). A failed test prints its seed; `TEST_SEED=…` repeats it.
pub struct SeededRandom {
    seed: u64,
    state: u64,
    /// Only the first one does, or a failure would print many lines.
    tells: bool,
}

impl SeededRandom {
    pub fn new() -> Self {
        let given = std::env::var("TEST_SEED").ok().map(|seed| seed.parse().expect("TEST_SEED is a number"));
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.subsec_nanos());
        let seed = given.unwrap_or_else(|| now().into());
        Self { seed, state: seed, tells: true }
    }

    /// Another one, for a thread of its own. Its choices follow from the same seed.
    pub fn split(&mut self) -> Self {
        Self { seed: self.seed, state: self.next(), tells: false }
    }

    /// A number from 0 to one less than `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// A place in a list of so many.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or_default()
    }

    fn next(&mut self) -> u64 {
        next(&mut self.state)
    }
}

impl Drop for SeededRandom {
    fn drop(&mut self) {
        if self.tells && std::thread::panicking() {
            eprintln!("to repeat these choices: TEST_SEED={}", self.seed);
        }
    }
}

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}
