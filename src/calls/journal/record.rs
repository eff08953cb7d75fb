//! A call as the process that answered it keeps it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use uuid::Uuid;

use super::masking::Masking;
use super::{AppliedRule, Entry, MAX_KEPT, Message, Stored};
use crate::calls::{Answer, Api, Call, CallContext, Outcome, micros};
use crate::ledger::{EntryKey, ProgramId, RecordedCall};

/// An entry as it is kept: shown far less often than it is made.
pub struct Record {
    /// When the call came, by the machine's time.
    pub begun: Instant,
    pub request: Message,
    program_id: Option<ProgramId>,
    context: CallContext,
    outcome: Outcome,
    at: Timestamp,
    request_id: Uuid,
    http_status: Option<u16>,
    duration: Duration,
    response: Box<[u8]>,
    masking: Arc<Masking>,
}

impl Record {
    /// What is kept of a call that took so long.
    pub fn new(call: Call, duration: Duration, answer: Answer<'_>, masking: Arc<Masking>) -> Self {
        let Call { request_id, at, begun, context, outcome } = call;
        let response = &answer.response[..answer.response.len().min(MAX_KEPT)];
        Self {
            begun: begun.at,
            program_id: begun.program,
            context,
            outcome,
            request: answer.request,
            at,
            request_id,
            http_status: answer.http_status,
            duration,
            response: response.into(),
            masking,
        }
    }

    /// The `Code` of an answer of CAMS.
    fn code(&self) -> Option<&str> {
        match (self.context.api, &self.outcome.fault, self.outcome.return_code) {
            (Api::Cams, Some(code), _) => Some(code),
            (Api::Cams, None, Some(0)) => Some("OK"),
            _ => None,
        }
    }

    /// The message, if it can be sent again: it is all there, and wasn't signed for once.
    fn sendable(&self) -> Option<&Message> {
        Some(&self.request).filter(|request| request.is_whole && self.context.api == Api::Sync)
    }

    /// The entry without its number, its request and its head, and not masked yet.
    pub fn entry(&self) -> Entry {
        let Outcome { return_code, fault, fault_rule, why } = self.outcome.clone();
        Entry {
            id: 0,
            at: self.at,
            request_id: self.request_id,
            api: self.context.api,
            program: self.context.program.as_deref().map(str::to_owned),
            operation: self.context.operation.map(str::to_owned),
            member_id: self.context.member_id,
            method: String::new(),
            path: String::new(),
            query: None,
            http_version: String::new(),
            headers: Vec::new(),
            return_code,
            fault,
            why: why.map(|why| why.to_string()),
            fault_rule: fault_rule.map(|(id, answer)| AppliedRule { id, answer }),
            http_status: self.http_status,
            duration_us: micros(self.duration),
            request: String::new(),
            response: String::from_utf8_lossy(&self.response).into_owned(),
        }
    }
}

impl RecordedCall for Record {
    fn key(&self) -> EntryKey<'_> {
        EntryKey {
            recorded: self.begun + self.duration,
            size: self.request.head.size() + self.request.text.len() + self.response.len(),
            program_id: self.program_id,
            program: self.context.program.as_deref(),
            operation: self.context.operation,
            member_id: self.context.member_id,
            return_code: self.outcome.return_code,
            code: self.code(),
            api: self.context.api.name(),
            http_status: self.http_status,
            fault: self.outcome.fault.as_deref(),
            rule: self.outcome.fault_rule.as_ref().map(|(id, _)| *id),
        }
    }

    fn json(&self) -> String {
        let stored = Stored { entry: self.masking.entry(self), request: self.sendable().cloned() };
        // Texts and numbers: writing them doesn't fail.
        serde_json::to_string(&stored).unwrap_or_default()
    }
}
