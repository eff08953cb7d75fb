//! What surrounds every call, through whichever API it came: it is noted in the journal, counted, and broken on purpose where
//! a rule says so.

mod fault_rules;
mod hang_up;
mod head;
mod journal;
mod mask;
mod metrics;
mod operation;

use std::sync::Arc;
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::MessageBody;
use jiff::Timestamp;
use tokio::sync::watch;
use uuid::Uuid;

use crate::domain::{E164, Reason};
use crate::ledger::{Begun, JournalBounds, Ledger, SharedState};
pub use fault_rules::{
    AddRuleError, Disconnect, FaultAnswer, FaultAnswerSchema, FaultRule, FaultRuleError, FaultRules, NewFaultRule,
};
pub use hang_up::{HangUp, hang_up};
pub use head::Head;
pub use journal::{AppliedRule, Count, Entry, Header, Journal, MAX_KEPT, MAX_TEXT, Message, Page};
pub use mask::MASK;
#[cfg(test)]
pub use mask::Masker;
use metrics::Counted;
pub use metrics::{METRICS, Metrics, Recent, SLOT_SECONDS, SLOTS, Slot};
pub use operation::{Api, Operation, known_name};

/// All that surrounds calls. One for a process; nodes share journal and rules.
pub struct Calls {
    pub journal: Journal,
    pub fault_rules: FaultRules,
    pub metrics: Metrics,
    stopping: watch::Sender<bool>,
}

impl Calls {
    /// What surrounds the calls of a node with this shared state. A journal of no entries at all is off.
    pub fn new(ledger: Arc<dyn Ledger>, shared_state: Arc<dyn SharedState>, journal: JournalBounds) -> Self {
        let journal = Journal::new(ledger, shared_state.clone(), journal);
        let (fault_rules, metrics) = (FaultRules::new(shared_state), Metrics::new());
        Self { journal, fault_rules, metrics, stopping: watch::Sender::new(false) }
    }

    /// Breaks a call on purpose if a rule says so, and notes it. `number` is asked for only if a rule wants to know. A delay is
    /// over when this returns: meanwhile the call has neither a lock nor a thread.
    pub async fn inject_fault(&self, noted: &mut Call, number: impl FnOnce() -> Option<E164>) -> Option<FaultAnswer> {
        self.inject_fault_where(noted, number, |_| true).await
    }

    /// As [`inject_fault`](Self::inject_fault), by rules with such an answer only.
    pub async fn inject_fault_where(
        &self,
        noted: &mut Call,
        number: impl FnOnce() -> Option<E164>,
        is_wanted: impl Fn(&FaultAnswer) -> bool,
    ) -> Option<FaultAnswer> {
        let rule = self.fault_rules.apply_where(&noted.context, number, is_wanted).await?;
        let answer = rule.answer;
        noted.outcome.fault_rule = Some((rule.id, answer.clone()));
        if let FaultAnswer::DelayMs(milliseconds) = answer
            && self.sleep(Duration::from_millis(milliseconds)).await.is_err()
        {
            return Some(FaultAnswer::Disconnect(Disconnect::Before));
        }
        Some(answer)
    }

    /// Waits, unless the service stops.
    ///
    /// # Errors
    /// [`Stopping`] as soon as the service stops.
    pub async fn sleep(&self, duration: Duration) -> Result<(), Stopping> {
        let stop = async { drop(self.stopping.subscribe().wait_for(|stops| *stops).await) };
        tokio::select! {
            () = tokio::time::sleep(duration) => Ok(()),
            () = stop => Err(Stopping),
        }
    }

    /// Cuts the calls that are delayed on purpose, because the service stops: nothing is stored, and nobody answered.
    pub fn stop_delays(&self) {
        self.stopping.send_replace(true);
    }

    /// Ends a call with an answer that isn't streamed. A call whose program was replaced meanwhile has none.
    pub async fn finish(
        &self,
        ledger: &dyn Ledger,
        call: Call,
        request: Message,
        response: HttpResponse,
    ) -> HttpResponse {
        let hangs_up = response.extensions().contains::<HangUp>();
        let http_status = (!hangs_up).then_some(response.status().as_u16());
        let (head, body) = response.into_parts();
        // Nothing is streamed here, so this only takes the bytes out.
        let bytes = body.try_into_bytes().unwrap_or_default();
        match self.end(ledger, call, Answer { http_status, request, response: &bytes }).await {
            true => head.set_body(bytes).map_into_boxed_body(),
            false => hang_up(),
        }
    }

    /// Notes and counts a call that has been answered, and says whether it was: one whose program was replaced since it began
    /// comes to nothing.
    pub async fn end(&self, ledger: &dyn Ledger, mut call: Call, answer: Answer<'_>) -> bool {
        let duration = call.begun.at.elapsed();
        let (request_id, counted) = (call.request_id, Counted::of(&call));
        let checked = call.begun.check(ledger, &ledger.directory(), None).await;
        let Ok(program) = checked.inspect_err(|_| drop_replaced(request_id)) else { return false };
        call.begun.program = program;
        tracing::debug!(
            request = %call.request_id,
            operation = call.context.operation,
            program = call.context.program.as_deref(),
            return_code = call.outcome.return_code,
            fault = call.outcome.fault.is_some(),
            fault_rule = call.outcome.fault_rule.as_ref().map(|(id, _)| id),
            http_status = answer.http_status,
            duration_us = micros(duration),
            "call"
        );
        // Asked again where a reset that comes in between clears the journal only afterwards.
        let is_noted = self
            .journal
            .record(call, duration, answer, || program.is_none_or(|program| ledger.directory().has(program)));
        match is_noted {
            true => self.metrics.count(counted, duration),
            false => drop_replaced(request_id),
        }
        is_noted
    }
}

/// The service stops, so nobody waits any more.
#[derive(Debug)]
pub struct Stopping;

/// A call on its way, and what is known of it so far.
#[derive(Debug)]
pub struct Call {
    /// Stands in every line of the log about this call, and in the journal.
    pub request_id: Uuid,
    at: Timestamp,
    pub begun: Begun,
    pub context: CallContext,
    pub outcome: Outcome,
}

impl Call {
    /// A call that came through this API when it had `begun`; `at` is the emulator's time, which may be held.
    pub fn begin(api: Api, at: Timestamp, begun: Begun) -> Self {
        let (context, outcome) = (CallContext { api, ..CallContext::default() }, Outcome::default());
        Self { request_id: Uuid::now_v7(), at, begun, context, outcome }
    }
}

/// Who calls what, as far as it was understood.
#[derive(Clone, Debug, Default)]
pub struct CallContext {
    pub api: Api,
    pub operation: Option<&'static str>,
    pub program: Option<Arc<str>>,
    pub member_id: Option<i32>,
}

/// What a call came to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The return code of Sync or the error code of PIMS; 0 where the call was answered as asked, by CAMS too.
    pub return_code: Option<u16>,
    /// What the SOAP fault says; of CAMS, the `Code` of a refusal.
    pub fault: Option<String>,
    /// The number of the rule that broke it, and how.
    pub fault_rule: Option<(u64, FaultAnswer)>,
    /// Why it was answered so, if the code doesn't say all.
    pub why: Option<Reason>,
}

impl Outcome {
    /// Notes why a call is answered as it is.
    pub fn because(&mut self, why: impl Into<Reason>) {
        self.why = Some(why.into());
    }
}

/// What went over the wire.
#[derive(Debug)]
pub struct Answer<'a> {
    /// `None` where the connection was closed instead.
    pub http_status: Option<u16>,
    pub request: Message,
    pub response: &'a [u8],
}

fn drop_replaced(request_id: Uuid) {
    tracing::debug!(request = %request_id, "the program was replaced since the call began; the call comes to nothing");
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
