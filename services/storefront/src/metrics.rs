//! The metrics of sessions and forms. Page views are `http_request_duration_seconds` by route.

use estore_telemetry::metrics::{Definition, Error, IntCounterVec, Label, Meter, Section};

const SESSIONS: Definition = Definition::counter(
    "estore_storefront_sessions_total",
    "Sessions of browsers that began (login), got new tokens (refreshed), could not get any for now (away), or ended (ended)",
    &[Label::each("event", &["login", "refreshed", "away", "ended"])],
);
const FORMS: Definition = Definition::counter(
    "estore_storefront_forms_refused_total",
    "Forms that were refused because they came from another site (origin) or without their token (token)",
    &[Label::each("reason", &["origin", "token"])],
);

/// The metrics of the storefront beyond those that every program has.
pub const METRICS: [Section; 1] =
    [Section { title: "Storefront: sessions and forms", metrics: &[SESSIONS, FORMS] }];

/// The counters of sessions and forms.
pub(crate) struct Metrics {
    pub(crate) sessions: IntCounterVec,
    pub(crate) forms_refused: IntCounterVec,
}

impl Metrics {
    pub(crate) fn new(meter: &Meter) -> Result<Self, Error> {
        Ok(Self { sessions: SESSIONS.counters(meter)?, forms_refused: FORMS.counters(meter)? })
    }
}
