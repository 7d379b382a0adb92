//! The metrics of background jobs.

use estore_base::clock::Clock;
use prometheus::{Error, IntCounterVec, IntGaugeVec};

use super::{Definition, Label, Meter};

const JOB: Label = Label::from("name", "the service's jobs");
const FAILURES: Definition =
    Definition::counter("estore_job_failures_total", "Failed steps of jobs; each is retried", &[JOB]);
const SUCCESS: Definition = Definition::gauge(
    "estore_job_success_timestamp_seconds",
    "Unix time in seconds of a job's last successful step; 0 before the first",
    &[JOB],
);

pub(super) const ALL: [Definition; 2] = [FAILURES, SUCCESS];

/// The steps of jobs by outcome. Cheap to clone.
#[derive(Clone)]
pub(crate) struct JobMetrics {
    failures: IntCounterVec,
    success: IntGaugeVec,
}

impl JobMetrics {
    pub(crate) fn new(meter: &Meter) -> Result<Self, Error> {
        Ok(Self { failures: FAILURES.counters(meter)?, success: SUCCESS.gauges(meter)? })
    }

    /// Registers a job, so that its series exist from the start.
    pub(crate) fn known(&self, job: &str) {
        self.failures.with_label_values(&[job]);
        self.success.with_label_values(&[job]);
    }

    pub(crate) fn succeeded(&self, job: &str, clock: &dyn Clock) {
        self.success.with_label_values(&[job]).set(clock.now().unix_timestamp());
    }

    pub(crate) fn failed(&self, job: &str) {
        self.failures.with_label_values(&[job]).inc();
    }
}
