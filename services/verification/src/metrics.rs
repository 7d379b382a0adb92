//! What operators watch of mails.

use prometheus::{IntCounterVec, IntGauge, Opts, Registry};

/// The counters and gauges of mails.
#[derive(Clone)]
pub struct Metrics {
    /// Attempts by purpose and outcome.
    pub(crate) mails: IntCounterVec,
    /// Mails that wait for the mail server.
    pub(crate) outbox: IntGauge,
}

impl Metrics {
    /// Registers them.
    pub fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let mails = IntCounterVec::new(
            Opts::new("estore_mails_total", "Attempts to send a mail by purpose and outcome"),
            &["purpose", "outcome"],
        )?;
        let outbox = IntGauge::new("estore_mail_outbox_depth", "Mails that wait for the mail server")?;
        registry.register(Box::new(mails.clone()))?;
        registry.register(Box::new(outbox.clone()))?;
        Ok(Self { mails, outbox })
    }
}
