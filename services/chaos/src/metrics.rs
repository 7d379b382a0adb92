//! The metrics of faults. Dashboards show them as annotations.

use estore_contract::demo::{FaultKind, FaultOption, FaultOutcome, FaultTarget};
use estore_telemetry::metrics::{Definition, Error, IntCounterVec, IntGaugeVec, Label, Meter, Section};

const KIND: Label = Label::from("kind", "the kinds of faults");
const TARGET: Label = Label::from("target", "the components that a fault can hit");

const FAULTS: Definition = Definition::counter(
    "estore_chaos_faults_total",
    "Faults on demand that are over: caused and ended (done), or not (failed)",
    &[KIND, TARGET, Label::each("outcome", &["done", "failed"])],
);
const ACTIVE: Definition = Definition::gauge(
    "estore_chaos_fault_active",
    "1 while a fault on demand lasts, otherwise 0",
    &[KIND, TARGET],
);

/// The metrics of this program beyond those that every program has.
pub const METRICS: [Section; 1] = [Section { title: "Chaos: faults on demand", metrics: &[FAULTS, ACTIVE] }];

/// The counters and gauges of faults.
#[derive(Clone)]
pub(crate) struct Metrics {
    faults: IntCounterVec,
    active: IntGaugeVec,
}

impl Metrics {
    /// Registers the metrics. The series of offered faults exist from the start.
    pub(crate) fn new(meter: &Meter, offered: &[FaultOption]) -> Result<Self, Error> {
        let metrics = Self { faults: FAULTS.counters(meter)?, active: ACTIVE.gauges(meter)? };
        for FaultOption { kind, target, .. } in offered {
            metrics.active.with_label_values(&[kind.as_str(), target.as_str()]);
            for outcome in [FaultOutcome::Done, FaultOutcome::Failed] {
                metrics.faults.with_label_values(&[kind.as_str(), target.as_str(), outcome.as_str()]);
            }
        }
        Ok(metrics)
    }

    pub(crate) fn begun(&self, kind: FaultKind, target: FaultTarget) {
        self.active.with_label_values(&[kind.as_str(), target.as_str()]).set(1);
    }

    pub(crate) fn ended(&self, kind: FaultKind, target: FaultTarget, outcome: FaultOutcome) {
        self.active.with_label_values(&[kind.as_str(), target.as_str()]).set(0);
        self.faults.with_label_values(&[kind.as_str(), target.as_str(), outcome.as_str()]).inc();
    }
}
