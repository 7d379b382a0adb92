//! The facilities that every service gets.

use std::sync::Arc;

use estore_base::clock::{Clock, SystemClock};

use crate::metrics::{self, Error, HttpMetrics, IntGaugeVec, JobMetrics, Meter, PeerMetrics};

/// The facilities that every service gets.
#[derive(Clone)]
pub struct Platform {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The registry of metrics.
    pub metrics: Meter,
    /// The name of this program.
    pub name: &'static str,
    /// The metrics of requests and connections.
    pub http: HttpMetrics,
    /// The metrics of calls to other services.
    pub peers: PeerMetrics,
    /// The expiry times of certificates, by the server that presents them.
    pub certificates: IntGaugeVec,
    pub(crate) jobs: JobMetrics,
}

impl Platform {
    /// Creates a platform with the machine's clock, and registers the metrics that every service
    /// has. Must be called within the runtime that it measures.
    pub fn new(meter: Meter, name: &'static str) -> Result<Self, Error> {
        metrics::watch(&meter)?;
        Ok(Self {
            clock: Arc::new(SystemClock),
            name,
            http: HttpMetrics::new(&meter)?,
            jobs: JobMetrics::new(&meter)?,
            certificates: metrics::certificate_expires(&meter)?,
            peers: PeerMetrics::new(&meter)?,
            metrics: meter,
        })
    }
}
