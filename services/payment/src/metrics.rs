//! What operators watch of orders.

use prometheus::{IntCounterVec, IntGauge, Opts, Registry};

/// The counters and gauges of orders.
#[derive(Clone)]
pub struct Metrics {
    /// Transitions by the state they led to.
    pub(crate) transitions: IntCounterVec,
    /// What should never happen, by name: each of them asks for a person.
    pub(crate) alarms: IntCounterVec,
    /// Orders that are not final.
    pub(crate) open: IntGauge,
}

impl Metrics {
    /// Registers them.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let transitions = IntCounterVec::new(
            Opts::new("estore_order_transitions_total", "Transitions of orders by the state they led to"),
            &["to"],
        )?;
        let alarms = IntCounterVec::new(
            Opts::new("estore_order_alarms_total", "What should never happen to an order, by name"),
            &["alarm"],
        )?;
        let open = IntGauge::new("estore_orders_open", "Orders that are not final")?;
        registry.register(Box::new(transitions.clone()))?;
        registry.register(Box::new(alarms.clone()))?;
        registry.register(Box::new(open.clone()))?;
        Ok(Self { transitions, alarms, open })
    }
}
