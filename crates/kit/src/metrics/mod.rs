//! Prometheus metrics: defined once ([`Definition`]), registered in one private [`Meter`] for each process, served on the management
//! port alone, and listed in docs/metrics.md.

mod calls;
mod definition;
mod http;
mod jobs;
mod meter;
mod outbox;
mod process;
mod scrape;
mod section;

pub(crate) use calls::PeerMetrics;
pub use definition::{Definition, Kind, Label, Values};
pub(crate) use http::{Counted, HttpMetrics, known};
pub(crate) use jobs::JobMetrics;
pub use meter::Meter;
pub(crate) use meter::follow;
pub use outbox::{OUTBOXES, Outbox, Outboxes, Waiting};
pub(crate) use process::{certificate_expires, watch};
pub use prometheus::{
    Error, Gauge, Histogram, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec,
};
pub(crate) use scrape::route;
pub use section::Section;
pub(crate) use section::markdown;

use crate::limit;

/// What every service has.
pub(crate) const COMMON: [Section; 5] = [
    Section { title: "Every service: its HTTP", metrics: &http::ALL },
    Section { title: "Every service: its limits", metrics: &[limit::REFUSED] },
    Section { title: "Every service: its calls of others", metrics: &calls::ALL },
    Section { title: "Every service: its jobs", metrics: &jobs::ALL },
    Section { title: "Every service: its process", metrics: &process::ALL },
];
