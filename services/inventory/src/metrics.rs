//! What operators watch of stock.

use prometheus::{IntCounter, IntCounterVec, Opts, Registry};

#[derive(Clone)]
pub(crate) struct Metrics {
    /// Calls on reservations by operation and outcome.
    pub(crate) reservations: IntCounterVec,
    /// Holds that ended by their deadline.
    pub(crate) expired: IntCounter,
}

impl Metrics {
    pub(crate) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let reservations = IntCounterVec::new(
            Opts::new("estore_reservations_total", "Calls on reservations by operation and outcome"),
            &["operation", "outcome"],
        )?;
        let expired = IntCounter::new("estore_holds_expired_total", "Holds that ended by their deadline")?;
        registry.register(Box::new(reservations.clone()))?;
        registry.register(Box::new(expired.clone()))?;
        Ok(Self { reservations, expired })
    }
}
