//! The journal of one process.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::record::Record;
use super::{Entry, Filter, Message, Page};
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
    records: VecDeque<Record>,
    texts: usize,
    last_id: u64,
    dropped: u64,
}

impl Ring {
    pub fn new(bounds: JournalBounds) -> Self {
        Self { bounds, kept: Mutex::default() }
    }

    pub fn note(&self, mut record: Record, is_current: impl FnOnce() -> bool) -> bool {
        let dropped = {
            let mut kept = self.lock();
            if !is_current() {
                return false;
            }
            kept.last_id += 1;
            record.id = kept.last_id;
            kept.texts += record.size();
            let now = record.noted;
            kept.records.push_back(record);
            kept.drop_oldest(self.bounds, now)
        };
        // Given back to the memory when nobody waits any more.
        drop(dropped);
        true
    }

    pub fn find(&self, filter: &Filter) -> Page {
        let kept = self.lock_present();
        let fitting = kept.records.iter().filter(|record| record.fits(filter));
        let entries = if filter.after.is_some() {
            fitting.take(filter.limit()).map(Record::entry).collect()
        } else {
            let mut newest: Vec<_> = fitting.rev().take(filter.limit()).map(Record::entry).collect();
            newest.reverse();
            newest
        };
        Page { entries, dropped: kept.dropped }
    }

    pub fn entry(&self, id: u64) -> Option<(Entry, Message)> {
        let kept = self.lock_present();
        let place = kept.records.binary_search_by_key(&id, |record| record.id).ok()?;
        let record = &kept.records[place];
        Some((record.entry(), record.request.clone()))
    }

    pub fn clear(&self, program: Option<&str>) {
        let mut kept = self.lock();
        match program {
            Some(program) => kept.records.retain(|record| record.facts.program.as_deref() != Some(program)),
            None => {
                kept.records.clear();
                kept.dropped = 0;
            }
        }
        kept.texts = kept.records.iter().map(Record::size).sum();
    }

    /// Without what has become too old since somebody called.
    fn lock_present(&self) -> MutexGuard<'_, Kept> {
        let mut kept = self.lock();
        drop(kept.drop_oldest(self.bounds, Instant::now()));
        kept
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Makes room for what came last, and ends what is too old; gives what had to go.
    fn drop_oldest(&mut self, bounds: JournalBounds, now: Instant) -> Vec<Record> {
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
