//! What operators watch of orders.

use prometheus::{Gauge, IntCounterVec, IntGauge, Opts, Registry};

use crate::store::orders::Gauges;

/// The counters and gauges of orders.
#[derive(Clone)]
pub struct Metrics {
    /// Transitions by the state they led to.
    pub(crate) transitions: IntCounterVec,
    /// Refunds by the stage they came to.
    pub(crate) refunds: IntCounterVec,
    /// What the worker took up again, by the state it was in.
    pub(crate) retries: IntCounterVec,
    /// Old orders that the reconciler looked at closely, by what it did.
    pub(crate) reconciliations: IntCounterVec,
    /// What should never happen, by name: each of them asks for a person.
    pub(crate) alarms: IntCounterVec,
    open: IntGauge,
    oldest: Gauge,
    open_refunds: IntGauge,
    mails: IntGauge,
}

impl Metrics {
    /// Registers them.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let counters = |name: &str, help: &str, label: &str| {
            let counters = IntCounterVec::new(Opts::new(name, help), &[label])?;
            registry.register(Box::new(counters.clone()))?;
            Ok::<_, prometheus::Error>(counters)
        };
        let gauge = |name: &str, help: &str| {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok::<_, prometheus::Error>(gauge)
        };
        let oldest = Gauge::new(
            "estore_order_oldest_seconds",
            "How long the oldest order that is not final is under way",
        )?;
        registry.register(Box::new(oldest.clone()))?;
        Ok(Self {
            transitions: counters(
                "estore_order_transitions_total",
                "Transitions of orders by the state they led to",
                "to",
            )?,
            refunds: counters("estore_refunds_total", "Refunds by the stage they came to", "to")?,
            retries: counters(
                "estore_order_retries_total",
                "Orders and refunds that the worker took up again, by the state they were in",
                "state",
            )?,
            reconciliations: counters(
                "estore_reconciliations_total",
                "Old orders that did not agree with the journal, by what was done",
                "action",
            )?,
            alarms: counters(
                "estore_order_alarms_total",
                "What should never happen to an order, by name",
                "alarm",
            )?,
            open: gauge("estore_orders_open", "Orders that are not final")?,
            oldest,
            open_refunds: gauge("estore_refunds_open", "Refunds that are not final")?,
            mails: gauge(
                "estore_order_mails_waiting",
                "Mails that the Verification Service was not asked for yet",
            )?,
        })
    }

    /// Shows what the store says.
    pub(crate) fn watch(&self, gauges: &Gauges) {
        self.open.set(gauges.open);
        self.oldest.set(gauges.oldest.as_secs_f64());
        self.open_refunds.set(gauges.refunds);
        self.mails.set(gauges.mails);
    }
}
