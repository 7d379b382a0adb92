//! The metrics of the load.

use std::time::Duration;

use estore_checker::history::{CardKind, Op, OpKind, Outcome};
use estore_telemetry::metrics::{
    Definition, Error, HistogramVec, IntCounter, IntCounterVec, IntGauge, Label, Meter, Section,
};

const KIND: Label =
    Label::each("kind", &["browse", "basket", "order", "decline", "cancel", "refund", "read"]);
const OPERATIONS: Definition = Definition::counter(
    "estore_load_operations_total",
    "Operations of customers: done (ok), refused with a final answer (refused), or with an unknown outcome and repeated (unknown)",
    &[KIND, Label::each("outcome", &["ok", "refused", "unknown"])],
);
const SECONDS: Definition = Definition::histogram(
    "estore_load_operation_duration_seconds",
    "Seconds of each operation of a customer, as the customer waits",
    &[KIND],
);
const DIAL: Definition =
    Definition::gauge("estore_load_orders_per_minute", "Orders a minute that the dial is set to", &[]);
const DISAGREEMENTS: Definition = Definition::gauge(
    "estore_load_disagreements",
    "Orders whose state contradicts an answer to their customer, since the start",
    &[],
);
const COMPARED: Definition = Definition::counter(
    "estore_load_compared_total",
    "Comparisons of an order with the answers to its customer",
    &[],
);
const LATE: Definition = Definition::counter(
    "estore_load_late_total",
    "Steps that were not taken in time, because every buyer was busy or the program was",
    &[],
);
const DELIVERIES: Definition = Definition::counter(
    "estore_load_deliveries_total",
    "Deliveries of stock for products that were running out",
    &[],
);

/// The metrics of the shopper, beside those that every program has.
pub const METRICS: [Section; 1] = [Section {
    title: "Shopper: load on demand",
    metrics: &[OPERATIONS, SECONDS, DIAL, DISAGREEMENTS, COMPARED, LATE, DELIVERIES],
}];

/// The metrics of the load.
#[derive(Clone)]
pub(crate) struct Metrics {
    operations: IntCounterVec,
    seconds: HistogramVec,
    pub(crate) dial: IntGauge,
    pub(crate) disagreements: IntGauge,
    pub(crate) compared: IntCounter,
    pub(crate) late: IntCounter,
    pub(crate) deliveries: IntCounter,
}

impl Metrics {
    pub(crate) fn new(meter: &Meter) -> Result<Self, Error> {
        Ok(Self {
            operations: OPERATIONS.counters(meter)?,
            seconds: SECONDS.histograms(meter)?,
            dial: DIAL.one_gauge(meter)?,
            disagreements: DISAGREEMENTS.one_gauge(meter)?,
            compared: COMPARED.one_counter(meter)?,
            late: LATE.one_counter(meter)?,
            deliveries: DELIVERIES.one_counter(meter)?,
        })
    }

    /// Records an operation of the history that has ended.
    pub(crate) fn ended(&self, op: &Op) {
        let kind = match &op.kind {
            OpKind::Order { card: CardKind::Declines, .. } => "decline",
            OpKind::Order { .. } => "order",
            OpKind::Cancel { .. } => "cancel",
            OpKind::Refund { .. } => "refund",
            OpKind::Read { .. } => "read",
            OpKind::SaveCard { .. } => return,
        };
        let outcome = match op.outcome {
            Outcome::Ok { .. } => "ok",
            Outcome::Refused { .. } => "refused",
            Outcome::Unknown { .. } | Outcome::Pending => "unknown",
        };
        let took = op.ended_ms.map_or(0, |ended| ended.saturating_sub(op.invoked_ms));
        self.observe(kind, outcome, Duration::from_millis(took));
    }

    /// Records an operation.
    pub(crate) fn observe(&self, kind: &str, outcome: &str, took: Duration) {
        self.operations.with_label_values(&[kind, outcome]).inc();
        self.seconds.with_label_values(&[kind]).observe(took.as_secs_f64());
    }
}
