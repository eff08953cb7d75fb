//! The journal of one process.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::Filter;
use super::record::Record;
use crate::ledger::JournalBounds;

/// What all messages of the journal may take together, in bytes.
const MAX_TEXTS: usize = 4 << 20;

#[derive(Debug)]
pub struct Ring {
    bounds: JournalBounds,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    records: VecDeque<Arc<Record>>,
    texts: usize,
    last_id: u64,
    dropped: u64,
}

impl Ring {
    pub fn new(bounds: JournalBounds) -> Self {
        Self { bounds, kept: Mutex::default() }
    }

    pub fn record(&self, mut record: Record, is_current: impl FnOnce() -> bool) -> bool {
        let dropped = {
            let mut kept = self.lock();
            if !is_current() {
                return false;
            }
            kept.last_id += 1;
            record.id = kept.last_id;
            kept.texts += record.size();
            let now = record.noted;
            kept.records.push_back(Arc::new(record));
            kept.drop_oldest(self.bounds, now)
        };
        // Given back to the memory when nobody waits any more.
        drop(dropped);
        true
    }

    /// The calls that fit, and how many were dropped. Calls that come meanwhile wait only until references are copied.
    pub fn find(&self, filter: &Filter) -> (Vec<Arc<Record>>, u64) {
        self.drop_old();
        let kept = self.lock();
        let fitting = kept.records.iter().filter(|record| record.fits(filter));
        let records = if filter.after.is_some() {
            fitting.take(filter.limit()).cloned().collect()
        } else {
            let mut newest: Vec<_> = fitting.rev().take(filter.limit()).cloned().collect();
            newest.reverse();
            newest
        };
        (records, kept.dropped)
    }

    pub fn entry(&self, id: u64) -> Option<Arc<Record>> {
        self.drop_old();
        let kept = self.lock();
        let place = kept.records.binary_search_by_key(&id, |record| record.id).ok()?;
        kept.records.get(place).cloned()
    }

    pub fn clear(&self, program: Option<&str>) {
        let gone = {
            let mut kept = self.lock();
            let of_program =
                |record: &Arc<Record>| program.is_none_or(|it| record.context.program.as_deref() == Some(it));
            let (gone, left): (VecDeque<_>, _) = std::mem::take(&mut kept.records).into_iter().partition(of_program);
            kept.records = left;
            kept.texts = kept.records.iter().map(|record| record.size()).sum();
            kept.dropped = if program.is_none() { 0 } else { kept.dropped };
            gone
        };
        drop(gone);
    }

    /// Ends what has become too old since somebody called.
    fn drop_old(&self) {
        let dropped = self.lock().drop_oldest(self.bounds, Instant::now());
        drop(dropped);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Makes room for what came last, and ends what is too old; gives what had to go.
    fn drop_oldest(&mut self, bounds: JournalBounds, now: Instant) -> Vec<Arc<Record>> {
        let JournalBounds { entries, age } = bounds;
        let mut dropped = Vec::new();
        while self.records.len() > entries as usize || self.texts > MAX_TEXTS || self.is_oldest_beyond(age, now) {
            let Some(oldest) = self.records.pop_front() else { break };
            self.texts -= oldest.size();
            self.dropped += 1;
            dropped.push(oldest);
        }
        dropped
    }

    fn is_oldest_beyond(&self, age: Duration, now: Instant) -> bool {
        self.records.front().is_some_and(|oldest| now.saturating_duration_since(oldest.noted) > age)
    }
}
