//! The journal of one process.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::ledger::{EntryFilter, EntryKey, FoundEntries, FoundEntry, JournalBounds, RecordedCall};

/// What all messages of the journal may take together, in bytes.
const MAX_TEXTS: usize = 4 << 20;

#[derive(Default)]
pub struct Journal(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    bounds: JournalBounds,
    calls: VecDeque<Numbered>,
    texts: usize,
    last_id: u64,
    dropped: u64,
    /// The newest of them.
    last_dropped: u64,
}

/// A call with its number.
type Numbered = (u64, Arc<dyn RecordedCall>);

impl Journal {
    pub fn bound(&self, bounds: JournalBounds) {
        self.lock().bounds = bounds;
    }

    pub fn record(&self, call: Arc<dyn RecordedCall>, is_current: &dyn Fn() -> bool) -> bool {
        let dropped = {
            let mut kept = self.lock();
            if !is_current() {
                return false;
            }
            let EntryKey { size, recorded, .. } = call.key();
            kept.last_id += 1;
            kept.texts += size;
            let id = kept.last_id;
            kept.calls.push_back((id, call));
            kept.drop_oldest(recorded)
        };
        // Given back to the memory when nobody waits any more.
        drop(dropped);
        true
    }

    /// Calls that come meanwhile wait only until references are copied.
    pub fn find(&self, filter: &EntryFilter) -> FoundEntries {
        self.drop_old();
        let kept = self.lock();
        let after = filter.after.unwrap_or_default();
        let behind = kept.calls.iter().skip(kept.calls.partition_point(|(id, _)| *id <= after));
        let fitting: Vec<_> = behind.filter(|(_, call)| filter.fits(&call.key())).collect();
        let page = &fitting[..fitting.partition_point(|(id, _)| filter.before.is_none_or(|before| *id < before))];
        let page = match filter.after {
            Some(_) => &page[..page.len().min(filter.limit())],
            None => &page[page.len().saturating_sub(filter.limit())..],
        };
        FoundEntries {
            entries: page.iter().map(|(id, call)| FoundEntry::of(*id, call)).collect(),
            total: fitting.len() as u64,
            dropped: kept.dropped,
            is_incomplete: kept.last_dropped > after,
        }
    }

    pub fn entry(&self, id: u64) -> Option<FoundEntry> {
        self.drop_old();
        let kept = self.lock();
        let place = kept.calls.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        kept.calls.get(place).map(|(id, call)| FoundEntry::of(*id, call))
    }

    pub fn clear(&self, program: Option<&str>) {
        let gone = {
            let mut kept = self.lock();
            let of_program = |(_, call): &Numbered| program.is_none_or(|it| call.key().program == Some(it));
            let (gone, left): (VecDeque<_>, _) = std::mem::take(&mut kept.calls).into_iter().partition(of_program);
            kept.calls = left;
            kept.texts = kept.calls.iter().map(|(_, call)| call.key().size).sum();
            if program.is_none() {
                (kept.dropped, kept.last_dropped) = (0, 0);
            }
            gone
        };
        drop(gone);
    }

    /// Ends what has become too old since somebody called.
    fn drop_old(&self) {
        let dropped = self.lock().drop_oldest(Instant::now());
        drop(dropped);
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Makes room for what came last, and ends what is too old; gives what had to go.
    fn drop_oldest(&mut self, now: Instant) -> Vec<Numbered> {
        let JournalBounds { entries, age } = self.bounds;
        let is_old = |(_, call): &Numbered| now.saturating_duration_since(call.key().recorded) > age;
        let mut dropped = Vec::new();
        while self.calls.len() > entries as usize || self.texts > MAX_TEXTS || self.calls.front().is_some_and(is_old) {
            let Some(oldest) = self.calls.pop_front() else { break };
            self.texts -= oldest.1.key().size;
            (self.dropped, self.last_dropped) = (self.dropped + 1, oldest.0);
            dropped.push(oldest);
        }
        dropped
    }
}
