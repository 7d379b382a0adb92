//! What waits to be told to somebody else, and for how long.

use prometheus::{Error, Gauge, GaugeVec, IntGauge, IntGaugeVec};
use time::OffsetDateTime;

use super::{Definition, Label, Meter, Section};

const OUTBOX: Label = Label::from("outbox", "the service's outboxes");
const DEPTH: Definition =
    Definition::gauge("estore_outbox_depth", "What waits in an outbox, and was not told yet", &[OUTBOX]);
const OLDEST: Definition = Definition::gauge(
    "estore_outbox_oldest_seconds",
    "For how long the oldest of it has been waiting; 0 where nothing does",
    &[OUTBOX],
);

/// What is measured of outboxes.
pub const OUTBOXES: Section =
    Section { title: "User, Verification and Payment: their outboxes", metrics: &[DEPTH, OLDEST] };

/// How many wait, and since when the oldest does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// How many.
    pub depth: i64,
    /// Since when; `None` where nothing waits.
    pub oldest: Option<OffsetDateTime>,
}

/// The outboxes of a service.
pub struct Outboxes {
    depth: IntGaugeVec,
    oldest: GaugeVec,
}

impl Outboxes {
    /// Registers them.
    pub fn new(meter: &Meter) -> Result<Self, Error> {
        Ok(Self { depth: DEPTH.gauges(meter)?, oldest: OLDEST.fractions(meter)? })
    }

    /// One of them, by its name.
    #[must_use]
    pub fn named(&self, name: &str) -> Outbox {
        Outbox {
            depth: self.depth.with_label_values(&[name]),
            oldest: self.oldest.with_label_values(&[name]),
        }
    }
}

/// One outbox. Cheap to clone.
#[derive(Clone)]
pub struct Outbox {
    depth: IntGauge,
    oldest: Gauge,
}

impl Outbox {
    /// Shows what waits at the time `now`.
    pub fn show(&self, waiting: Waiting, now: OffsetDateTime) {
        self.depth.set(waiting.depth);
        self.oldest.set(waiting.oldest.map_or(0.0, |oldest| (now - oldest).as_seconds_f64().max(0.0)));
    }
}
