//! Load on one service: a closed loop for the peak, an open model for latency.

mod closed;
mod connection;
mod open;
mod pace;
mod request;
mod schedule;
mod summary;
mod ticks;

use anyhow::Result;

pub(crate) use closed::Peak;
pub(crate) use pace::pace;
pub(crate) use request::{KEY, MADE, Plan, Request};
pub(crate) use summary::Latency;

use crate::machine::Usage;

/// The tolerated share of a run's requests that start late or get an unexpected status.
pub(crate) const TOLERATED: f64 = 0.001;

/// Runs the load generators.
pub(crate) struct Generators {
    /// Seconds of each run.
    pub(crate) seconds: u32,
    /// A directory for the generators' input.
    pub(crate) directory: std::path::PathBuf,
}

impl Generators {
    /// Measures the rate of `plan` if each connection sends its next request at once.
    pub(crate) async fn peak(&self, plan: &Plan, seconds: u32) -> Result<Peak> {
        let before = Usage::now()?;
        let counted = closed::run(plan, seconds, &self.directory).await?;
        let used = Usage::now()?.since(before);
        Ok(Peak::of(&counted, used))
    }

    /// Measures the latency of requests of `plan`, due at a constant `rate`.
    pub(crate) async fn latency(&self, plan: &Plan, rate: f64) -> Result<Latency> {
        open::run(plan, rate, self.seconds).await
    }
}
