//! What was called, and what was answered.

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

use super::{Answer, Call, Door, FaultAnswer, FaultAnswerSchema};
use crate::ledger::{Commons, JournalBounds, LedgerError};
use record::Record;
use ring::Ring;
use shared::SharedJournal;

/// The longest text of a message that is kept, in bytes; an ordinary one has a tenth of it.
pub const MAX_TEXT: usize = 16 << 10;

/// A call as the journal tells it. Security tokens are masked; what companions must keep secret was never noted.
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
    /// By which door it came.
    #[serde(default)]
    pub door: Door,
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

/// A message as it was sent: what is needed to send it again, and its text.
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
pub struct Journal {
    is_on: bool,
    place: Place,
}

/// Where entries are kept.
enum Place {
    Local(Ring),
    Shared(SharedJournal),
}

impl Journal {
    /// A journal that is shared by all nodes with these commons; without them, one of this process. No entries at all switch it
    /// off.
    pub fn new(commons: Option<Arc<dyn Commons>>, bounds: JournalBounds) -> Self {
        let place = match commons {
            Some(commons) => Place::Shared(SharedJournal::new(commons, bounds)),
            None => Place::Local(Ring::new(bounds)),
        };
        Self { is_on: bounds.entries > 0, place }
    }

    /// Whether anything is kept at all.
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Notes a call, if the journal is on, unless it is no longer current; says whether it is. In a journal of one process, that is
    /// asked when nobody can clear the journal meanwhile; in a shared one, the store asks again.
    pub(super) fn note(
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
            Place::Local(ring) => ring.note(record, is_current),
            Place::Shared(journal) => is_current() && journal.note(record),
        }
    }

    /// The entries that fit.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the journal.
    pub async fn find(&self, filter: &Filter) -> Result<Page, LedgerError> {
        match &self.place {
            Place::Local(ring) => Ok(ring.find(filter)),
            Place::Shared(journal) => journal.find(filter).await,
        }
    }

    /// One entry, and its message as it was sent, token included.
    ///
    /// # Errors
    /// [`LedgerError`], if nodes share the journal.
    pub async fn entry(&self, id: u64) -> Result<Option<(Entry, Message)>, LedgerError> {
        match &self.place {
            Place::Local(ring) => Ok(ring.entry(id)),
            Place::Shared(journal) => journal.entry(id).await,
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
