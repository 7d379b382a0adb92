//! Tests of the dashboards, alerts and runbooks.
#![cfg(test)]

mod alerts;
mod dashboards;
mod metrics;
mod promql;

use std::path::PathBuf;

/// Returns the path of a file in the project.
fn project(place: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(place)
}
