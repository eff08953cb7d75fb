//! What was called, and what was answered.

mod masking;
mod record;
mod search;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Answer, Api, Call, FaultAnswer, FaultAnswerSchema, Head};
use crate::ledger::{EntryFilter, FoundEntries, FoundEntry, JournalBounds, Ledger, LedgerError, SharedState};
use masking::Masking;
use record::Record;

/// The longest text of a message that is shown, in bytes; an ordinary one has a tenth of it.
pub const MAX_TEXT: usize = 16 << 10;
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
    /// `POST`
    #[serde(default)]
    pub method: String,
    /// `/Services/Sync.asmx`
    #[serde(default)]
    pub path: String,
    /// What stands behind the question mark.
    #[serde(default)]
    pub query: Option<String>,
    /// `HTTP/1.1`
    #[serde(default)]
    pub http_version: String,
    /// By name, in lower case. Cut at 8 KiB; authorisation and cookies are masked.
    #[serde(default)]
    pub headers: Vec<Header>,
    /// The return code of Sync or the error code of PIMS; 0 where the call was answered as asked, by CAMS too.
    pub return_code: Option<u16>,
    /// What the SOAP fault said; of CAMS, the `Code` of a refusal.
    pub fault: Option<String>,
    /// Why it was answered so, if the code doesn't say all: who holds the number, which types there are, in which region a number
    /// was read, what the token lacks. It never is a part of the answer.
    #[serde(default)]
    pub why: Option<String>,
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

/// A header of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Header {
    pub name: String,
    pub value: String,
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
    #[serde(default)]
    pub head: Head,
    pub text: String,
    /// Whether the text is all of it, up to the letter.
    pub is_whole: bool,
}

/// How many entries fit a filter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    pub count: u64,
    /// How many entries had to go since the journal was cleared.
    pub dropped: u64,
    /// Whether one of them would have been behind the filter's `after`.
    pub is_incomplete: bool,
}

impl Count {
    fn of(found: &FoundEntries) -> Self {
        Self { count: found.total, dropped: found.dropped, is_incomplete: found.is_incomplete }
    }
}

/// Entries that fit a filter, newest last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Page {
    pub entries: Vec<Entry>,
    /// How many entries fit, on this page and others; behind `after`, if that was given.
    pub total: u64,
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
    shared_state: Arc<dyn SharedState>,
    masking: Arc<Masking>,
    /// Masking needs its directory for as long as there is a journal.
    _ledger: Arc<dyn Ledger>,
    /// One reader at a time: others need the processors, too.
    turn: Arc<Semaphore>,
}

/// An entry as [`Record`] writes it.
#[derive(Serialize, Deserialize)]
struct Stored {
    /// Without its number, and masked: what was a known token when it was written stays masked when it is none any more.
    entry: Entry,
    /// As it was sent, token included; only if it can be sent again.
    request: Option<Message>,
}

impl Journal {
    /// The journal of all nodes with this shared state. No entries at all switch it off.
    pub fn new(ledger: Arc<dyn Ledger>, shared_state: Arc<dyn SharedState>, bounds: JournalBounds) -> Self {
        shared_state.bound_journal(bounds);
        Self {
            is_on: bounds.entries > 0,
            shared_state,
            masking: Arc::new(Masking::new(&ledger)),
            _ledger: ledger,
            turn: Arc::new(Semaphore::new(1)),
        }
    }

    /// Whether anything is kept at all.
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Records a call, if the journal is on, unless it is no longer current; says whether it is.
    pub(super) fn record(
        &self,
        call: Call,
        duration: Duration,
        answer: Answer<'_>,
        is_current: impl Fn() -> bool,
    ) -> bool {
        if !self.is_on {
            return is_current();
        }
        let record = Record::new(call, duration, answer, Arc::clone(&self.masking));
        self.shared_state.record(Arc::new(record), &is_current)
    }

    /// The entries that fit.
    ///
    /// # Errors
    /// [`LedgerError`], also if the process can't start a thread.
    pub async fn find(&self, filter: &EntryFilter) -> Result<Page, LedgerError> {
        self.find_as(filter, |page| page).await
    }

    /// What is made of the entries that fit, away from the threads that serve.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub async fn find_as<T: Send + 'static>(
        &self,
        filter: &EntryFilter,
        form: impl FnOnce(Page) -> T + Send + 'static,
    ) -> Result<T, LedgerError> {
        if let Some(words) = search::Words::of(filter) {
            let (page, _) = self.search(filter, words).await?;
            return self.apart(move || form(page)).await;
        }
        let found = self.shared_state.find_entries(filter).await?;
        self.apart(move || {
            let entries = found.entries.into_iter().filter_map(read).map(|Stored { entry, .. }| entry).collect();
            form(Page { entries, total: found.total, dropped: found.dropped })
        })
        .await
    }

    /// How many entries fit.
    ///
    /// # Errors
    /// As [`find`](Self::find).
    pub async fn count(&self, filter: &EntryFilter) -> Result<Count, LedgerError> {
        let filter = EntryFilter { limit: Some(0), before: None, ..filter.clone() };
        match search::Words::of(&filter) {
            Some(words) => self.search(&filter, words).await.map(|(_, count)| count),
            None => Ok(Count::of(&self.shared_state.find_entries(&filter).await?)),
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
        let Some(found) = self.shared_state.find_entry(id).await? else { return Ok(None) };
        self.apart(move || read(found).map(|Stored { entry, request }| form(entry, request))).await
    }

    /// Forgets all entries, or those of one program.
    ///
    /// # Errors
    /// [`LedgerError`].
    pub async fn clear(&self, program: Option<&str>) -> Result<(), LedgerError> {
        self.shared_state.clear_entries(program).await
    }

    /// Does work that may take long on a thread that serves nobody, when all that came before is done.
    async fn apart<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, LedgerError> {
        let turn = Arc::clone(&self.turn).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            // Until the work is done, even if whoever asked for it has gone.
            let _turn = turn;
            work()
        });
        done.await.map_err(|_| LedgerError::Unavailable("the journal could not be read".into()))
    }
}

/// `None` if it can't be read.
fn read(FoundEntry { id, json }: FoundEntry) -> Option<Stored> {
    let warn = |error: &serde_json::Error| tracing::warn!(id, %error, "an entry of another node can't be read");
    let stored: Stored = serde_json::from_str(&json()).inspect_err(warn).ok()?;
    Some(Stored { entry: Entry { id, ..stored.entry }, ..stored })
}
