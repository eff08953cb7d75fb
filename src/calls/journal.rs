//! What was called, and what was answered.

mod masking;
mod record;
mod ring;
mod shared;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Answer, Api, Call, FaultAnswer, FaultAnswerSchema};
use crate::ledger::{JournalBounds, Ledger, LedgerError, SharedState};
use masking::Masking;
use record::Record;
use ring::Ring;
use shared::SharedJournal;

/// The longest text of a message that is shown, in bytes; an ordinary one has a tenth of it.
const MAX_TEXT: usize = 16 << 10;
/// The longest text of a fault that is shown, in bytes.
const MAX_FAULT: usize = 1 << 10;
/// How much of a message is kept: some more, so that a secret which is cut where the shown text ends is known as one.
pub const MAX_KEPT: usize = MAX_TEXT + (2 << 10);

/// A call as the journal tells it. Security tokens, signatures, passwords and PINs are masked, in whatever form a message has
/// them (our choice).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Entry {
    /// Grows from call to call.
    pub id: u64,
    /// The emulator's time, which may be held.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// As in the log.
    #[schema(value_type = String)]
    pub request_id: Uuid,
    /// Through which API it came.
    #[serde(default)]
    pub api: Api,
    pub program: Option<String>,
    pub operation: Option<String>,
    pub member_id: Option<i32>,
    /// The return code of Sync or the error code of PIMS; 0 where the call was answered as asked, by CAMS too.
    pub return_code: Option<u16>,
    /// What the SOAP fault said; of CAMS, the `Code` of a refusal.
    pub fault: Option<String>,
    /// The rule that broke the call, and how.
    pub fault_rule: Option<AppliedRule>,
    /// `null` where the connection was closed instead.
    pub http_status: Option<u16>,
    pub duration_us: u64,
    /// Cut at 16 KiB.
    pub request: String,
    /// Cut at 16 KiB.
    pub response: String,
}

/// A fault on purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AppliedRule {
    pub id: u64,
    #[schema(value_type = FaultAnswerSchema)]
    pub answer: FaultAnswer,
}

/// A message as it was sent: what is needed to send it again, and its text. Nobody is shown it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub content_type: String,
    pub soap_action: Option<String>,
    pub text: String,
    /// Whether the text is all of it, up to the letter.
    pub is_whole: bool,
}

/// Which entries, and how many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub program: Option<String>,
    pub operation: Option<String>,
    pub member_id: Option<i32>,
    pub return_code: Option<u16>,
    /// A `Code` of CAMS; `OK` stands for calls that were answered as asked.
    pub code: Option<String>,
    /// Only entries behind this one, the oldest of them first to be given; without it, the newest.
    pub after: Option<u64>,
    /// 100 unless told.
    pub limit: Option<usize>,
}

impl Filter {
    fn limit(&self) -> usize {
        self.limit.unwrap_or(100)
    }
}

/// Entries that fit a filter, newest last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Page {
    pub entries: Vec<Entry>,
    /// How many entries the journal had no room to keep, or kept as long as it should, since it was cleared.
    pub dropped: u64,
}

/// The newest calls. Bounded in number and age: older ones are dropped, and counted. Their age goes by the machine's time at
/// which they were noted, not by the emulator's, which may be held.
///
/// Calls only leave a copy of what they were. It is masked on a thread that serves nobody, and without a lock: when it is
/// shown, or before it goes to the store that nodes share.
pub struct Journal {
    is_on: bool,
    masking: Masking,
    place: Place,
}

/// Where entries are kept.
enum Place {
    Local(Ring),
    Shared(SharedJournal),
}

impl Journal {
    /// A journal that is shared by all nodes with this shared state; without it, one of this process. No entries at all switch it
    /// off.
    pub fn new(ledger: Arc<dyn Ledger>, shared_state: Option<Arc<dyn SharedState>>, bounds: JournalBounds) -> Self {
        let place = match shared_state {
            Some(shared_state) => Place::Shared(SharedJournal::new(shared_state, bounds)),
            None => Place::Local(Ring::new(bounds)),
        };
        Self { is_on: bounds.entries > 0, masking: Masking::new(ledger), place }
    }

    /// Whether anything is kept at all.
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Notes a call, if the journal is on, unless it is no longer current; says whether it is. In a journal of one process, that is
    /// asked when nobody can clear the journal meanwhile; in a shared one, the store asks again.
    pub(super) fn record(
        &self,
        call: Call,
        duration: Duration,
        answer: Answer<'_>,
        is_current: impl FnOnce() -> bool,
    ) -> bool {
        if !self.is_on {
            return is_current();
        }
        let record = Record::new(call, duration, answer);
        match &self.place {
            Place::Local(ring) => ring.record(record, is_current),
            Place::Shared(journal) => is_current() && journal.record(record, &self.masking),
        }
    }

    /// The entries that fit.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the journal, or the process can't start a thread.
    pub async fn find(&self, filter: &Filter) -> Result<Page, LedgerError> {
        self.find_as(filter, |page| page).await
    }

    /// What is made of the entries that fit, away from the threads that serve.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub async fn find_as<T: Send + 'static>(
        &self,
        filter: &Filter,
        form: impl FnOnce(Page) -> T + Send + 'static,
    ) -> Result<T, LedgerError> {
        match &self.place {
            Place::Local(ring) => {
                let (records, dropped) = ring.find(filter);
                let masking = self.masking.clone();
                let entries = move || records.iter().map(|record| masking.entry(record)).collect();
                self.masking.apart(move || form(Page { entries: entries(), dropped })).await
            }
            Place::Shared(journal) => {
                let found = journal.find(filter).await?;
                self.masking.apart(move || form(shared::read(&found))).await
            }
        }
    }

    /// One entry, and its message as it was sent, token included, if that can be sent again.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub async fn entry(&self, id: u64) -> Result<Option<(Entry, Option<Message>)>, LedgerError> {
        self.entry_as(id, |entry, message| (entry, message)).await
    }

    /// What is made of one entry and its message, away from the threads that serve.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub async fn entry_as<T: Send + 'static>(
        &self,
        id: u64,
        form: impl FnOnce(Entry, Option<Message>) -> T + Send + 'static,
    ) -> Result<Option<T>, LedgerError> {
        match &self.place {
            Place::Local(ring) => {
                let Some(record) = ring.entry(id) else { return Ok(None) };
                let masking = self.masking.clone();
                self.masking.apart(move || Some(form(masking.entry(&record), record.sendable().cloned()))).await
            }
            Place::Shared(journal) => {
                let Some(found) = journal.entry(id).await? else { return Ok(None) };
                let read = move || shared::read_entry(&found).map(|(entry, message)| form(entry, message));
                self.masking.apart(read).await
            }
        }
    }

    /// Forgets all entries, or those of one program.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the journal.
    pub async fn clear(&self, program: Option<&str>) -> Result<(), LedgerError> {
        match &self.place {
            Place::Local(ring) => {
                ring.clear(program);
                Ok(())
            }
            Place::Shared(journal) => journal.clear(program).await,
        }
    }
}
