//! What operators watch of accounts.

use prometheus::{IntCounterVec, IntGauge, Opts, Registry};

#[derive(Clone)]
pub(crate) struct Metrics {
    /// Logins by outcome.
    pub(crate) logins: IntCounterVec,
    /// Mails not yet taken by the Verification Service.
    pub(crate) outbox: IntGauge,
}

impl Metrics {
    pub(crate) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let logins = IntCounterVec::new(Opts::new("estore_logins_total", "Logins by outcome"), &["outcome"])?;
        let outbox = IntGauge::new(
            "estore_user_outbox_depth",
            "Mails that the Verification Service has not taken yet",
        )?;
        registry.register(Box::new(logins.clone()))?;
        registry.register(Box::new(outbox.clone()))?;
        Ok(Self { logins, outbox })
    }
}
