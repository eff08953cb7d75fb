//! The count itself, one for each thread: tests run side by side.

use std::cell::Cell;

thread_local!(static STEPS: Cell<usize> = const { Cell::new(0) });

/// Counts steps: bytes or items that were looked at.
pub fn count(steps: usize) {
    STEPS.set(STEPS.get() + steps);
}

/// How many steps work takes on this thread.
pub fn of<T>(work: impl FnOnce() -> T) -> usize {
    let before = STEPS.get();
    work();
    STEPS.get() - before
}
