//! All counts as Prometheus reads them.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::text::encode;
use prometheus_client::encoding::{DescriptorEncoder, NoLabelSet};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;

use super::Metrics;
use crate::ledger::{BATCH_BOUNDS, LedgerStats};

/// The media type of [`Metrics::exposition`].
pub const CONTENT_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

impl Metrics {
    /// The text, with what the ledger counts about itself.
    pub fn exposition(&self, stats: LedgerStats) -> String {
        let mut registry = Registry::with_prefix("sync_asmx");
        registry.register("calls", "Calls by operation and return code; empty where there is none", self.calls.clone());
        registry.register("faults", "Calls answered with a SOAP fault, or an error of CAMS", self.faults.clone());
        registry.register("injected_faults", "Faults injected by rules, by kind", self.injected_faults.clone());
        registry.register("call_duration_seconds", "From the head of a call to its answer", self.durations.clone());
        registry.register_collector(Box::new(StatsCollector(stats)));
        let dropped: Counter = Counter::default();
        dropped.inc_by(crate::log::dropped());
        registry.register("log_lines_dropped", "Lines that standard error wasn't read fast enough for", dropped);
        let mut text = String::new();
        // Writing to a string doesn't fail.
        let _ = encode(&mut text, &registry);
        text
    }
}

#[derive(Debug)]
struct StatsCollector(LedgerStats);

impl Collector for StatsCollector {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let LedgerStats { waiting, batches, batched, failures } = &self.0;
        encoder
            .encode_descriptor("ledger_waiting", "Calls that wait for the ledger's writer", None, MetricType::Gauge)?
            .encode_gauge(&i64::try_from(*waiting).unwrap_or(i64::MAX))?;
        encoder
            .encode_descriptor("ledger_failures", "Failures of the ledger's store", None, MetricType::Counter)?
            .encode_counter::<NoLabelSet, _, u64>(failures, None)?;
        let classes: Vec<(f64, u64)> =
            BATCH_BOUNDS.map(bound).into_iter().chain([f64::INFINITY]).zip(batches.iter().copied()).collect();
        encoder
            .encode_descriptor(
                "ledger_batch_size",
                "Calls that share one flush of the disk",
                None,
                MetricType::Histogram,
            )?
            .encode_histogram::<NoLabelSet>(bound(*batched), batches.iter().sum(), &classes, None)
    }
}

/// Counts lose their last digits only beyond 2^53.
#[allow(clippy::cast_precision_loss, reason = "a count of 2^53 isn't reached")]
fn bound(count: u64) -> f64 {
    count as f64
}
