//! The journal of all nodes of a ledger.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::masking::Masking;
use super::record::Record;
use super::{Entry, Filter, Message, Page};
use crate::ledger::{EntryFilter, EntryPage, JournalBounds, LedgerError, SharedState, StoredEntry};

pub struct SharedJournal {
    shared_state: Arc<dyn SharedState>,
}

/// An entry as the store keeps it.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// Without its number, and masked: what was a known token when the call came stays masked when it is none any more.
    entry: Entry,
    /// As it was sent, token included; only if it can be sent again.
    request: Option<Message>,
}

impl SharedJournal {
    pub fn new(shared_state: Arc<dyn SharedState>, bounds: JournalBounds) -> Self {
        shared_state.bound_journal(bounds);
        Self { shared_state }
    }

    /// Masked by the node that answered the call, when the store writes it.
    pub fn record(&self, record: Record, masking: &Masking) -> bool {
        let masking = masking.clone();
        self.shared_state.record(Box::new(move || write(&record, &masking)));
        true
    }

    pub async fn find(&self, filter: &Filter) -> Result<EntryPage, LedgerError> {
        self.shared_state.find_entries(&filter.into()).await
    }

    pub async fn entry(&self, id: u64) -> Result<Option<StoredEntry>, LedgerError> {
        self.shared_state.find_entry(id).await
    }

    pub async fn clear(&self, program: Option<&str>) -> Result<(), LedgerError> {
        self.shared_state.clear_entries(program).await
    }
}

impl From<&Filter> for EntryFilter {
    fn from(filter: &Filter) -> Self {
        let limit = u32::try_from(filter.limit()).unwrap_or(u32::MAX);
        let Filter { program, operation, member_id, return_code, code, after, .. } = filter.clone();
        Self { program, operation, member_id, return_code, code, after, limit }
    }
}

fn write(record: &Record, masking: &Masking) -> StoredEntry {
    let program_id = record.program_id;
    let code = record.code().map(str::to_owned);
    let stored = Stored { entry: masking.entry(record), request: record.sendable().cloned() };
    // Texts and numbers: writing them doesn't fail.
    let json = serde_json::to_string(&stored).unwrap_or_default();
    let Entry { program, operation, member_id, return_code, .. } = stored.entry;
    StoredEntry { id: 0, program_id, program, operation, member_id, return_code, code, entry: json }
}

pub fn read(page: &EntryPage) -> Page {
    let entries = page.entries.iter().filter_map(read_entry).map(|(entry, _)| entry).collect();
    Page { entries, dropped: page.dropped }
}

/// `None` if it can't be read.
pub fn read_entry(stored: &StoredEntry) -> Option<(Entry, Option<Message>)> {
    let id = stored.id;
    let warn = |error: &serde_json::Error| tracing::warn!(id, %error, "an entry of another node can't be read");
    let Stored { entry, request } = serde_json::from_str(&stored.entry).inspect_err(warn).ok()?;
    Some((Entry { id, ..entry }, request))
}
