//! A call as the process that answered it keeps it.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use uuid::Uuid;

use super::{AppliedRule, Entry, Filter, MAX_KEPT, Message};
use crate::calls::{Answer, Api, Call, CallContext, Outcome, micros};
use crate::ledger::ProgramId;

/// An entry as it is kept: shown far less often than it is made.
#[derive(Debug)]
pub struct Record {
    pub id: u64,
    /// When the call came, by the machine's time.
    pub begun: Instant,
    /// By the machine's time.
    pub noted: Instant,
    pub program_id: Option<ProgramId>,
    pub context: CallContext,
    pub outcome: Outcome,
    pub request: Message,
    at: Timestamp,
    request_id: Uuid,
    http_status: Option<u16>,
    duration: Duration,
    response: Box<[u8]>,
}

impl Record {
    /// What is kept of a call that took so long. It has no number yet.
    pub fn new(call: Call, duration: Duration, answer: Answer<'_>) -> Self {
        let Call { request_id, at, begun, context, outcome } = call;
        let response = &answer.response[..answer.response.len().min(MAX_KEPT)];
        Self {
            id: 0,
            begun: begun.at,
            noted: begun.at + duration,
            program_id: begun.program,
            context,
            outcome,
            request: answer.request,
            at,
            request_id,
            http_status: answer.http_status,
            duration,
            response: response.into(),
        }
    }

    /// How long its messages are, in bytes.
    pub fn size(&self) -> usize {
        self.request.text.len() + self.response.len()
    }

    pub fn fits(&self, filter: &Filter) -> bool {
        filter.program.as_deref().is_none_or(|program| self.context.program.as_deref() == Some(program))
            && filter.operation.as_deref().is_none_or(|operation| self.context.operation == Some(operation))
            && filter.member_id.is_none_or(|member| self.context.member_id == Some(member))
            && filter.return_code.is_none_or(|code| self.outcome.return_code == Some(code))
            && filter.code.as_deref().is_none_or(|code| self.code() == Some(code))
            && filter.after.is_none_or(|after| self.id > after)
    }

    /// The `Code` of an answer of CAMS.
    pub fn code(&self) -> Option<&str> {
        match (self.context.api, &self.outcome.fault, self.outcome.return_code) {
            (Api::Cams, Some(code), _) => Some(code),
            (Api::Cams, None, Some(0)) => Some("OK"),
            _ => None,
        }
    }

    /// The message, if it can be sent again: it is all there, and wasn't signed for once.
    pub fn sendable(&self) -> Option<&Message> {
        Some(&self.request).filter(|request| request.is_whole && self.context.api == Api::Sync)
    }

    /// The entry without its request, and not masked yet.
    pub fn entry(&self) -> Entry {
        let Outcome { return_code, fault, fault_rule } = self.outcome.clone();
        Entry {
            id: self.id,
            at: self.at,
            request_id: self.request_id,
            api: self.context.api,
            program: self.context.program.as_deref().map(str::to_owned),
            operation: self.context.operation.map(str::to_owned),
            member_id: self.context.member_id,
            return_code,
            fault,
            fault_rule: fault_rule.map(|(id, answer)| AppliedRule { id, answer }),
            http_status: self.http_status,
            duration_us: micros(self.duration),
            request: String::new(),
            response: String::from_utf8_lossy(&self.response).into_owned(),
        }
    }
}
