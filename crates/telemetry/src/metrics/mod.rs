//! Prometheus metrics. They are defined once ([`Definition`]), registered in one private [`Meter`]
//! for each process, served on the management port only, and listed in docs/metrics.md.

mod calls;
mod definition;
mod followed;
mod http;
mod jobs;
mod limits;
mod meter;
mod outbox;
mod process;
mod section;
mod statements;

pub use calls::PeerMetrics;
pub use definition::{Definition, Kind, Label, Values};
pub use followed::Followed;
pub use http::{Counted, HttpMetrics, LEFT, known};
pub(crate) use jobs::JobMetrics;
pub use limits::RATE_LIMITED;
pub use meter::{METRICS, Meter};
pub use outbox::{OUTBOXES, Outbox, Outboxes, Waiting};
pub(crate) use process::{certificate_expires, watch};
pub use prometheus::{
    Error, Gauge, Histogram, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec,
};
pub use section::{Section, markdown};
pub(crate) use statements::observe_statement;
pub use statements::{STATEMENT_SECONDS, measure_statements};

const HTTP: Section = Section { title: "Every service: HTTP", metrics: &http::ALL };
const CALLS: Section = Section { title: "Every service: calls to other services", metrics: &calls::ALL };
const JOBS: Section = Section { title: "Every service: jobs", metrics: &jobs::ALL };
const PROCESS: Section = Section { title: "Every service: process", metrics: &process::ALL };

/// The metrics that every service has.
pub const COMMON: [Section; 5] =
    [HTTP, Section { title: "Every service: rate limits", metrics: &[RATE_LIMITED] }, CALLS, JOBS, PROCESS];
/// The metrics of a program that serves pages and has no rate limits of its own.
pub const FRONT: [Section; 4] = [HTTP, CALLS, JOBS, PROCESS];
