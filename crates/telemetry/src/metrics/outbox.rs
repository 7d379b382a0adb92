//! The metrics of outboxes: the number of waiting messages, and the age of the oldest.

use prometheus::{Error, Gauge, GaugeVec, IntGauge, IntGaugeVec};
use time::OffsetDateTime;

use super::{Definition, Label, Meter, Section};

const OUTBOX: Label = Label::from("outbox", "the service's outboxes");
const DEPTH: Definition =
    Definition::gauge("estore_outbox_depth", "Entries in an outbox that are not delivered yet", &[OUTBOX]);
const OLDEST: Definition = Definition::gauge(
    "estore_outbox_oldest_seconds",
    "Age in seconds of the oldest undelivered entry; 0 if there is none",
    &[OUTBOX],
);

/// The section of outbox metrics.
pub const OUTBOXES: Section =
    Section { title: "User, Verification and Payment: outboxes", metrics: &[DEPTH, OLDEST] };

/// The number of waiting messages, and the time since which the oldest waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// The number of waiting messages.
    pub depth: i64,
    /// The time since which the oldest waits; `None` if nothing waits.
    pub oldest: Option<OffsetDateTime>,
}

/// The outbox metrics of a service.
pub struct Outboxes {
    depth: IntGaugeVec,
    oldest: GaugeVec,
}

impl Outboxes {
    /// Registers the metrics.
    pub fn new(meter: &Meter) -> Result<Self, Error> {
        Ok(Self { depth: DEPTH.gauges(meter)?, oldest: OLDEST.fractions(meter)? })
    }

    /// Returns the metrics of the outbox `name`.
    #[must_use]
    pub fn named(&self, name: &str) -> Outbox {
        Outbox {
            depth: self.depth.with_label_values(&[name]),
            oldest: self.oldest.with_label_values(&[name]),
        }
    }
}

/// The metrics of one outbox. Cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    depth: IntGauge,
    oldest: Gauge,
}

impl Outbox {
    /// Sets the metrics as of the time `now`.
    pub fn show(&self, waiting: Waiting, now: OffsetDateTime) {
        self.depth.set(waiting.depth);
        self.oldest.set(waiting.oldest.map_or(0.0, |oldest| (now - oldest).as_seconds_f64().max(0.0)));
    }
}
