//! What a thread counts about its work. Calls and the thread share it without a lock.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use crate::ledger::{BATCH_BOUNDS, LedgerStats};

#[derive(Debug, Default)]
pub struct Counters {
    /// By whoever queues a job, before it is in the queue: so no job is taken that isn't counted.
    queued: AtomicU64,
    /// By the thread, and for jobs that found the queue full.
    taken: AtomicU64,
    batches: [AtomicU64; BATCH_BOUNDS.len() + 1],
    batched: AtomicU64,
    failures: AtomicU64,
}

impl Counters {
    pub fn queue(&self) {
        self.queued.fetch_add(1, Relaxed);
    }

    pub fn take(&self, count: usize) {
        self.taken.fetch_add(count as u64, Relaxed);
    }

    /// A batch that was saved, or failed as one.
    pub fn batch(&self, size: usize) {
        let size = size as u64;
        let class = BATCH_BOUNDS.partition_point(|bound| *bound < size);
        self.batches[class].fetch_add(1, Relaxed);
        self.batched.fetch_add(size, Relaxed);
    }

    pub fn fail(&self) {
        self.failures.fetch_add(1, Relaxed);
    }

    pub fn failures(&self) -> u64 {
        self.failures.load(Relaxed)
    }

    /// As it stands; each figure by itself, since nothing stops meanwhile.
    pub fn read(&self) -> LedgerStats {
        let taken = self.taken.load(Relaxed);
        LedgerStats {
            waiting: self.queued.load(Relaxed).saturating_sub(taken),
            batches: self.batches.each_ref().map(|count| count.load(Relaxed)),
            batched: self.batched.load(Relaxed),
            failures: self.failures(),
        }
    }
}
