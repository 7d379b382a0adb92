//! The metrics of calls to the other services.

use std::time::Duration;

use prometheus::{Error, HistogramVec};

use super::{Definition, Label, Meter};

const OUTCOMES: [&str; 3] = ["ok", "refused", "unknown"];
const SECONDS: Definition = Definition::histogram(
    "estore_peer_call_duration_seconds",
    "Seconds of each attempt to call another service: done (ok), refused with a published code (refused), or with an unknown outcome (unknown)",
    &[Label::from("peer", "services that it calls"), Label::each("outcome", &OUTCOMES)],
);

pub(super) const ALL: [Definition; 1] = [SECONDS];

/// The attempts by peer and outcome. Cheap to clone.
#[derive(Clone)]
pub struct PeerMetrics(Option<HistogramVec>);

impl PeerMetrics {
    pub(crate) fn new(meter: &Meter) -> Result<Self, Error> {
        let seconds = SECONDS.histograms(meter)?;
        Ok(Self(meter.measures().then_some(seconds)))
    }

    /// Registers a peer, so that its series exist from the start.
    pub fn known(&self, peer: &str) {
        for (seconds, outcome) in self.0.iter().flat_map(|seconds| OUTCOMES.map(|outcome| (seconds, outcome)))
        {
            seconds.with_label_values(&[peer, outcome]);
        }
    }

    /// Records an attempt.
    pub fn observe(&self, peer: &str, outcome: &str, elapsed: Duration) {
        if let Some(seconds) = &self.0 {
            seconds.with_label_values(&[peer, outcome]).observe(elapsed.as_secs_f64());
        }
    }
}
