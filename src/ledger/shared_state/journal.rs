//! Calls as the journal takes and gives them. What they look like is known to whoever records them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::ledger::ProgramId;

/// A call for the journal. It is recorded as it was, and written out only when somebody reads it, or a database takes it.
pub trait RecordedCall: Send + Sync {
    /// What it is found and bounded by.
    fn key(&self) -> EntryKey<'_>;

    /// The entry as JSON, masked. It may take long to make, so that is done on a thread that serves nobody and saves nothing.
    fn json(&self) -> String;
}

/// What an entry is found and bounded by.
#[derive(Clone, Copy, Debug)]
pub struct EntryKey<'a> {
    /// When the call was recorded, by the machine's time.
    pub recorded: Instant,
    /// How long its messages are, in bytes.
    pub size: usize,
    /// The number of its program.
    pub program_id: Option<ProgramId>,
    pub program: Option<&'a str>,
    pub operation: Option<&'a str>,
    pub member_id: Option<i32>,
    pub return_code: Option<u16>,
    /// Of an answer of CAMS.
    pub code: Option<&'a str>,
    /// Through which API the call came.
    pub api: &'a str,
    pub http_status: Option<u16>,
    /// What the SOAP fault said, or the code of a refusal of CAMS.
    pub fault: Option<&'a str>,
    /// The rule that broke the call.
    pub rule: Option<u64>,
}

/// An entry that was found.
pub struct FoundEntry {
    /// Grows from entry to entry, over all nodes.
    pub id: u64,
    /// Gives it as [`RecordedCall::json`] does, and on such a thread.
    pub json: Box<dyn FnOnce() -> String + Send>,
}

impl FoundEntry {
    /// One that isn't written out yet.
    pub(super) fn of(id: u64, call: &Arc<dyn RecordedCall>) -> Self {
        let call = Arc::clone(call);
        Self { id, json: Box::new(move || call.json()) }
    }
}

/// Entries that fit, newest last.
#[derive(Default)]
pub struct FoundEntries {
    pub entries: Vec<FoundEntry>,
    /// How many fit, with those that aren't among the entries because of `before` and `limit`.
    pub total: u64,
    /// How many entries had to go, or found no room, since the journal was cleared.
    pub dropped: u64,
    /// Whether one of them was behind [`EntryFilter::after`].
    pub is_incomplete: bool,
}

/// Which entries, and how many.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryFilter {
    pub program: Option<String>,
    pub operation: Option<String>,
    pub member_id: Option<i32>,
    pub return_code: Option<u16>,
    /// A `Code` of CAMS; `OK` stands for calls that were answered as asked.
    pub code: Option<String>,
    pub api: Option<String>,
    pub http_status: Option<u16>,
    /// A part of what a fault said, in whatever case; empty for any fault.
    pub fault: Option<String>,
    /// The number of the rule that broke the call.
    pub rule: Option<u64>,
    /// Digits of a phone number that stands in a message, in whatever spelling. Stores don't look at it.
    pub number: Option<String>,
    /// A part of what is told of a call, in whatever case. Stores don't look at it.
    pub text: Option<String>,
    /// Only entries before this one.
    pub before: Option<u64>,
    /// Only entries behind this one, the oldest of them first to be given; without it, the newest.
    pub after: Option<u64>,
    /// 100 unless told.
    pub limit: Option<usize>,
}

impl EntryFilter {
    pub(in crate::ledger) fn limit(&self) -> usize {
        self.limit.unwrap_or(100)
    }

    /// Whether an entry is one of those, wherever it stands.
    pub(super) fn fits(&self, key: &EntryKey<'_>) -> bool {
        self.program.as_deref().is_none_or(|program| key.program == Some(program))
            && self.operation.as_deref().is_none_or(|operation| key.operation == Some(operation))
            && self.member_id.is_none_or(|member| key.member_id == Some(member))
            && self.return_code.is_none_or(|code| key.return_code == Some(code))
            && self.code.as_deref().is_none_or(|code| key.code == Some(code))
            && self.api.as_deref().is_none_or(|api| key.api == api)
            && self.http_status.is_none_or(|status| key.http_status == Some(status))
            && self.fault.as_deref().is_none_or(|fault| key.fault.is_some_and(|said| contains(said, fault)))
            && self.rule.is_none_or(|rule| key.rule == Some(rule))
    }
}

/// Whether a text has a part, in whatever case.
fn contains(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(&part.to_lowercase())
}

/// How much of the journal is kept, over all nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalBounds {
    pub entries: u32,
    pub age: Duration,
}

impl Default for JournalBounds {
    fn default() -> Self {
        Self { entries: 1000, age: Duration::from_hours(24) }
    }
}
