//! What was called, and what was answered.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::mask::mask;
use super::{Answer, Call, Facts, FaultAnswer, Outcome, micros};

/// The longest text of a message that is kept, in bytes; an ordinary one has a tenth of it.
pub const MAX_TEXT: usize = 16 << 10;
/// What all messages of the journal may take together, in bytes.
const MAX_TEXTS: usize = 4 << 20;

/// A call as the journal tells it. Security tokens are masked.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Entry {
    /// Grows from call to call.
    pub id: u64,
    /// The emulator's time, which may be held.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// As in the log.
    #[schema(value_type = String)]
    pub request_id: Uuid,
    pub program: Option<String>,
    pub operation: Option<String>,
    pub member_id: Option<i32>,
    pub return_code: Option<u16>,
    /// What the SOAP fault said.
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AppliedRule {
    pub id: u64,
    pub answer: FaultAnswer,
}

/// A message as it was sent: what is needed to send it again, and its text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// Only entries behind this one, the oldest of them first to be given; without it, the newest.
    pub after: Option<u64>,
    /// 100 unless told.
    pub limit: Option<usize>,
}

/// Entries that fit a filter, newest last.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Page {
    pub entries: Vec<Entry>,
    /// How many entries the journal had no room to keep since it was cleared.
    pub dropped: u64,
}

/// The newest calls. Bounded: older ones are dropped, and counted.
#[derive(Debug)]
pub struct Journal {
    capacity: usize,
    ring: Mutex<Ring>,
}

#[derive(Debug, Default)]
struct Ring {
    records: VecDeque<Record>,
    texts: usize,
    last_id: u64,
    dropped: u64,
}

/// An entry as it is kept: shown far less often than it is made.
#[derive(Debug)]
struct Record {
    id: u64,
    at: Timestamp,
    request_id: Uuid,
    facts: Facts,
    outcome: Outcome,
    http_status: Option<u16>,
    duration: Duration,
    request: Message,
    response: Box<[u8]>,
}

impl Journal {
    /// A journal of so many entries.
    pub fn new(capacity: usize) -> Self {
        Self { capacity, ring: Mutex::default() }
    }

    /// Whether anything is kept at all.
    pub fn is_on(&self) -> bool {
        self.capacity > 0
    }

    pub(super) fn note(&self, call: Call, duration: Duration, answer: Answer<'_>) {
        let Call { request_id, at, facts, outcome, .. } = call;
        let request = answer.request;
        let response = &answer.response[..answer.response.len().min(MAX_TEXT)];
        let mut record = Record {
            id: 0,
            at,
            request_id,
            facts,
            outcome,
            http_status: answer.http_status,
            duration,
            request,
            response: response.into(),
        };
        let dropped = {
            let mut ring = self.lock();
            ring.last_id += 1;
            record.id = ring.last_id;
            ring.texts += record.size();
            ring.records.push_back(record);
            ring.drop_oldest(self.capacity)
        };
        // Given back to the memory when nobody waits any more.
        drop(dropped);
    }

    /// The entries that fit.
    pub fn find(&self, filter: &Filter) -> Page {
        let limit = filter.limit.unwrap_or(100);
        let ring = self.lock();
        let fitting = ring.records.iter().filter(|record| record.fits(filter));
        let entries = if filter.after.is_some() {
            fitting.take(limit).map(Record::entry).collect()
        } else {
            let mut newest: Vec<_> = fitting.rev().take(limit).map(Record::entry).collect();
            newest.reverse();
            newest
        };
        Page { entries, dropped: ring.dropped }
    }

    /// One entry, and its message as it was sent, token included.
    pub fn entry(&self, id: u64) -> Option<(Entry, Message)> {
        let ring = self.lock();
        let place = ring.records.binary_search_by_key(&id, |record| record.id).ok()?;
        let record = &ring.records[place];
        Some((record.entry(), record.request.clone()))
    }

    /// Forgets all entries, or those of one program.
    pub fn clear(&self, program: Option<&str>) {
        let mut ring = self.lock();
        match program {
            Some(program) => ring.records.retain(|record| record.facts.program.as_deref() != Some(program)),
            None => {
                ring.records.clear();
                ring.dropped = 0;
            }
        }
        ring.texts = ring.records.iter().map(Record::size).sum();
    }

    fn lock(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ring {
    /// Makes room for what came last; gives what had to go.
    fn drop_oldest(&mut self, capacity: usize) -> Vec<Record> {
        let mut dropped = Vec::new();
        while self.records.len() > capacity || self.texts > MAX_TEXTS {
            let Some(oldest) = self.records.pop_front() else { break };
            self.texts -= oldest.size();
            self.dropped += 1;
            dropped.push(oldest);
        }
        dropped
    }
}

impl Record {
    fn size(&self) -> usize {
        self.request.text.len() + self.response.len()
    }

    fn fits(&self, filter: &Filter) -> bool {
        filter.program.as_deref().is_none_or(|program| self.facts.program.as_deref() == Some(program))
            && filter.operation.as_deref().is_none_or(|operation| self.facts.operation == Some(operation))
            && filter.member_id.is_none_or(|member| self.facts.member_id == Some(member))
            && filter.return_code.is_none_or(|code| self.outcome.return_code == Some(code))
            && filter.after.is_none_or(|after| self.id > after)
    }

    fn entry(&self) -> Entry {
        let Outcome { return_code, fault, fault_rule } = self.outcome.clone();
        Entry {
            id: self.id,
            at: self.at,
            request_id: self.request_id,
            program: self.facts.program.as_deref().map(str::to_owned),
            operation: self.facts.operation.map(str::to_owned),
            member_id: self.facts.member_id,
            return_code,
            fault,
            fault_rule: fault_rule.map(|(id, answer)| AppliedRule { id, answer }),
            http_status: self.http_status,
            duration_us: micros(self.duration),
            request: mask(&self.request.text),
            response: String::from_utf8_lossy(&self.response).into_owned(),
        }
    }
}
