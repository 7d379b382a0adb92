//! What the house asks of dashboards, alerts and runbooks.
#![cfg(test)]

mod alerts;
mod dashboards;
mod metrics;
mod promql;

use std::path::PathBuf;

/// A place in the project.
fn project(place: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(place)
}
