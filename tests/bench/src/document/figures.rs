//! The figures, as performance.json has them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{load::Latency, machine::Facts, paths::Path, systems::Name};

/// Everything that was measured. A part that was not is absent.
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
    /// The share of the machine that was idle while all systems were up and nothing was asked of
    /// them.
    pub(crate) idle: f64,
    /// The largest share of a run that a hypervisor gave to others.
    pub(crate) stolen: f64,
    /// Runs that were repeated, as requests had failed, started late or were dropped.
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

/// A median, and the least and greatest of the rounds.
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
    /// The reason why it ended before its last step; `None` if it did not.
    pub(crate) cut_short: Option<String>,
    pub(crate) steps: Vec<T>,
}

/// A size of the catalogue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct CatalogueStep {
    pub(crate) products: usize,
    /// From the start of an empty store until it serves the whole catalogue.
    pub(crate) import_seconds: f64,
    pub(crate) restart_seconds: f64,
    /// Resident bytes by program, before and after the load.
    pub(crate) at_rest: BTreeMap<String, u64>,
    pub(crate) after_load: BTreeMap<String, u64>,
    pub(crate) redis_disk: u64,
    pub(crate) postgres_disk: u64,
    pub(crate) loads: Vec<Load>,
}

/// A number of orders in the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct OrderStep {
    pub(crate) orders: u64,
    pub(crate) restart_seconds: f64,
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
    /// At the rate of the first step, or `None` if the store could not keep that rate.
    pub(crate) latency: Option<Latency>,
    pub(crate) latency_rate: f64,
}

impl Comparison {
    /// The tables for people.
    pub(crate) fn tables(&self) -> String {
        super::compared::tables(self)
    }
}
