//! Counts of calls, for Prometheus and for the console.

mod exposition;
mod recent;

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;

use super::{Call, FaultAnswer};
pub use exposition::CONTENT_TYPE as METRICS;
use recent::RecentCalls;
pub use recent::{Recent, SLOT_SECONDS, SLOTS, Slot};

/// All counters about calls since the start.
#[derive(Debug)]
pub struct Metrics {
    calls: Family<CallLabels, Counter>,
    faults: Family<OperationLabel, Counter>,
    injected_faults: Family<KindLabel, Counter>,
    durations: Family<OperationLabel, Histogram, fn() -> Histogram>,
    recent: RecentCalls,
}

/// Which calls. An operation that wasn't understood is empty, and so is a return code that wasn't answered.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    operation: &'static str,
    return_code: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OperationLabel {
    operation: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabel {
    kind: &'static str,
}

/// From 0.1 ms to 6.6 s, each class four times the one before.
fn durations() -> Histogram {
    Histogram::new(prometheus_client::metrics::histogram::exponential_buckets(0.0001, 4.0, 9))
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// Nothing counted yet.
    pub fn new() -> Self {
        Self {
            calls: Family::default(),
            faults: Family::default(),
            injected_faults: Family::default(),
            durations: Family::new_with_constructor(durations),
            recent: RecentCalls::default(),
        }
    }

    /// The calls of the last minutes.
    pub fn recent(&self) -> Recent {
        self.recent.all()
    }

    pub(super) fn count(&self, counted: Counted, duration: Duration) {
        let Counted { operation, return_code, is_fault, broken } = counted;
        self.calls.get_or_create(&CallLabels { operation, return_code }).inc();
        self.durations.get_or_create(&OperationLabel { operation }).observe(duration.as_secs_f64());
        if is_fault {
            self.faults.get_or_create(&OperationLabel { operation }).inc();
        }
        if let Some(kind) = broken {
            self.injected_faults.get_or_create(&KindLabel { kind }).inc();
        }
        self.recent.count(return_code);
    }
}

/// What is counted of a call.
#[derive(Clone, Copy, Debug)]
pub struct Counted {
    operation: &'static str,
    return_code: Option<u16>,
    is_fault: bool,
    /// The kind of the rule that broke it.
    broken: Option<&'static str>,
}

impl Counted {
    pub fn of(call: &Call) -> Self {
        Self {
            operation: call.context.operation.unwrap_or_default(),
            return_code: call.outcome.return_code,
            is_fault: call.outcome.fault.is_some(),
            broken: call.outcome.fault_rule.as_ref().map(|(_, answer)| kind(answer)),
        }
    }
}

fn kind(answer: &FaultAnswer) -> &'static str {
    match answer {
        FaultAnswer::ReturnCode(_) => "return_code",
        FaultAnswer::Code { .. } => "code",
        FaultAnswer::DelayMs(_) => "delay",
        FaultAnswer::HttpStatus(_) => "http_status",
        FaultAnswer::SoapFault(_) => "soap_fault",
        FaultAnswer::Disconnect(_) => "disconnect",
    }
}
