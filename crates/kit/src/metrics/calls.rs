//! Calls of the other services.

use std::time::Duration;

use estore_contract::PeerName;
use prometheus::{Error, HistogramVec};

use super::{Definition, Label, Meter};

const SECONDS: Definition = Definition::histogram(
    "estore_peer_call_duration_seconds",
    "Time of each attempt to call another service: it did it (ok), it said no (refused), or nobody knows (unknown)",
    &[Label::from("peer", "services that it calls"), Label::each("outcome", &["ok", "refused", "unknown"])],
);

pub(super) const ALL: [Definition; 1] = [SECONDS];

/// Attempts by peer and outcome. Cheap to clone.
#[derive(Clone)]
pub(crate) struct PeerMetrics(HistogramVec);

impl PeerMetrics {
    pub(crate) fn new(meter: &Meter) -> Result<Self, Error> {
        Ok(Self(SECONDS.histograms(meter)?))
    }

    /// There is such a peer.
    pub(crate) fn known(&self, peer: PeerName) {
        for outcome in ["ok", "refused", "unknown"] {
            self.0.with_label_values(&[peer.as_str(), outcome]);
        }
    }

    pub(crate) fn observe(&self, peer: PeerName, outcome: &str, elapsed: Duration) {
        self.0.with_label_values(&[peer.as_str(), outcome]).observe(elapsed.as_secs_f64());
    }
}
