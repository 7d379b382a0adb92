//! The figures in performance.json.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{load::Latency, machine::Facts, paths::Path, systems::Name};

/// All figures. A part that was not measured is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Document {
    pub(crate) comparison: Option<Comparison>,
    pub(crate) catalogue: Option<Growth<CatalogueStep>>,
    pub(crate) orders: Option<Growth<OrderStep>>,
}

/// One run of `./dev bench`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Comparison {
    pub(crate) facts: Facts,
    pub(crate) rounds: u32,
    pub(crate) seconds: u32,
    pub(crate) catalogue: String,
    /// The idle share of the machine while all systems were up and no requests were sent.
    pub(crate) idle: f64,
    /// The highest share of a run that a hypervisor gave to other guests.
    pub(crate) stolen: f64,
    /// Repeated runs, in which requests had failed, started late or were dropped.
    pub(crate) repeated: u32,
    pub(crate) paths: Vec<Measured>,
    pub(crate) curves: Vec<Curve>,
}

/// The figures of one path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Measured {
    pub(crate) path: Path,
    /// The rate of the open model, in requests a second.
    pub(crate) latency_rate: f64,
    pub(crate) systems: BTreeMap<Name, Figures>,
    /// The store's figures divided by another system's.
    pub(crate) ratios: BTreeMap<Name, Ratios>,
}

/// The figures of one system on one path.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Figures {
    /// Requests a second of the closed loop.
    pub(crate) peak: Spread,
    /// CPU time in microseconds a request.
    pub(crate) cpu: Spread,
    pub(crate) generator_cpu: f64,
    pub(crate) p50_ms: Spread,
    pub(crate) p99_ms: Spread,
}

/// The store's figures divided by another system's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Ratios {
    pub(crate) peak: Spread,
    pub(crate) cpu: Spread,
    pub(crate) p50: Spread,
    pub(crate) p99: Spread,
}

/// A median, and the minimum and maximum of the rounds.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// Latency by rate.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Curve {
    pub(crate) path: Path,
    pub(crate) system: Name,
    pub(crate) points: Vec<Point>,
}

/// Latency at one rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Point {
    pub(crate) rate: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

/// The store alone, as something in it grows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Growth<T> {
    pub(crate) facts: Facts,
    pub(crate) seconds: u32,
    /// The reason for an end before the last step; `None` if there was none.
    pub(crate) cut_short: Option<String>,
    pub(crate) steps: Vec<T>,
    /// The audit of the last step, if it was measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) audit: Option<AuditFigures>,
}

/// An audit of the store.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct AuditFigures {
    /// The seconds that it took without other load.
    pub(crate) alone_seconds: f64,
    /// The seconds that it took beside orders at half of their peak.
    pub(crate) beside_seconds: f64,
    /// Orders a second that were due.
    pub(crate) rate_due: f64,
    pub(crate) without: BesideAudit,
    pub(crate) beside: BesideAudit,
}

/// Orders with an audit beside them, or without one: the medians of some runs.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct BesideAudit {
    /// Orders a second.
    pub(crate) rate: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
}

/// A size of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CatalogueStep {
    pub(crate) products: usize,
    /// The time from the start of an empty store until it serves the whole catalogue.
    pub(crate) import_seconds: f64,
    #[serde(flatten)]
    pub(crate) figures: StepFigures,
}

/// A number of orders in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OrderStep {
    pub(crate) orders: u64,
    #[serde(flatten)]
    pub(crate) figures: StepFigures,
}

/// The figures that every growth has in a step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct StepFigures {
    pub(crate) restart_seconds: f64,
    /// Resident bytes by program, before and after the load.
    pub(crate) at_rest: BTreeMap<String, u64>,
    pub(crate) after_load: BTreeMap<String, u64>,
    pub(crate) redis_disk: u64,
    pub(crate) postgres_disk: u64,
    pub(crate) loads: Vec<Load>,
}

/// One path at one step of a growth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Load {
    pub(crate) path: Path,
    pub(crate) peak: f64,
    pub(crate) cpu: f64,
    /// The latency at the rate of the first step; `None` if the store could not keep that rate.
    pub(crate) latency: Option<Latency>,
    pub(crate) latency_rate: f64,
}

impl Comparison {
    /// Returns the tables as Markdown.
    pub(crate) fn tables(&self) -> String {
        super::compared::tables(self)
    }
}
