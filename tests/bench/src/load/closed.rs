//! The closed loop: wrk, with one thread.

use std::{path::Path, process::Stdio, time::Duration};

use anyhow::{Context, Result, ensure};
use estore_testbed::installed;
use serde::Deserialize;
use tokio::{process::Command, time::timeout};

use super::{Plan, TOLERATED};
use crate::machine::Usage;

const SCRIPT: &str = include_str!("../../requests.lua");
/// The time that a run may take beyond its seconds.
const GRACE: Duration = Duration::from_secs(30);

/// The figures that `requests.lua` prints.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Counted {
    requests: f64,
    microseconds: f64,
    /// Broken connections, time-outs and statuses of 400 and above.
    failed: f64,
    /// Unexpected statuses below 400.
    wrong: f64,
}

/// The peak of one run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peak {
    /// Requests per second.
    pub(crate) rate: f64,
    /// CPU time of everything except the generator, in microseconds per request.
    pub(crate) cpu: f64,
    /// CPU time of the generator, in microseconds per request.
    pub(crate) generator: f64,
    pub(crate) requests: f64,
    /// The share of requests that failed.
    pub(crate) bad: f64,
    /// The share of the machine's time that a hypervisor gave to other guests.
    pub(crate) stolen: f64,
}

impl Peak {
    pub(super) fn of(counted: &Counted, used: Usage) -> Self {
        let requests = counted.requests.max(1.0);
        let per_request = |seconds: f64| seconds * 1e6 / requests;
        Self {
            rate: counted.requests * 1e6 / counted.microseconds.max(1.0),
            cpu: per_request(used.busy - used.children),
            generator: per_request(used.children),
            requests: counted.requests,
            bad: (counted.failed + counted.wrong) / requests,
            stolen: used.stolen / used.total.max(1e-9),
        }
    }

    pub(crate) fn is_valid(&self) -> bool {
        self.requests > 0.0 && self.bad <= TOLERATED
    }

    /// Describes an invalid run.
    pub(crate) fn faults(&self) -> String {
        format!("{:.2} % of {} requests failed", self.bad * 100.0, self.requests)
    }
}

/// Runs wrk on `plan`.
pub(super) async fn run(plan: &Plan, seconds: u32, directory: &Path) -> Result<Counted> {
    let (script, requests) = (directory.join("requests.lua"), directory.join("requests.txt"));
    tokio::fs::write(&script, SCRIPT).await?;
    tokio::fs::write(&requests, plan.raw()).await?;
    let nonce = format!("{:016x}", fastrand::u64(..));
    let mut wrk = Command::new(installed(&["wrk"])?);
    wrk.args(["-t1", "--timeout", "10s", &format!("-c{}", plan.connections), &format!("-d{seconds}s")]);
    wrk.arg("-s").arg(&script).arg(format!("http://127.0.0.1:{}", plan.port)).arg("--").arg(&requests);
    wrk.arg(nonce).stdin(Stdio::null()).kill_on_drop(true);
    let limit = Duration::from_secs(seconds.into()) + GRACE;
    let output = timeout(limit, wrk.output()).await.context("wrk does not end")??;
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "wrk failed ({}): {said}{errors}", output.status);
    figures(&said).with_context(|| format!("wrk printed no figures: {said}{errors}"))
}

fn figures(said: &str) -> Option<Counted> {
    serde_json::from_str(said.lines().find_map(|line| line.strip_prefix("FIGURES "))?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generator_time_is_not_counted_for_requests() {
        let said = "Running\nFIGURES {\"requests\": 1000, \"microseconds\": 500000, \"failed\": 1, \"wrong\": 1, \"p50_ms\": 1, \"p99_ms\": 2}\n";
        let used = Usage { busy: 0.9, stolen: 0.05, total: 1.0, children: 0.1 };
        let peak = Peak::of(&figures(said).unwrap(), used);
        assert!((peak.rate - 2000.0).abs() < 1e-6 && (peak.cpu - 800.0).abs() < 1e-6, "{peak:?}");
        assert!((peak.generator - 100.0).abs() < 1e-6 && !peak.is_valid(), "{peak:?}");
    }
}
