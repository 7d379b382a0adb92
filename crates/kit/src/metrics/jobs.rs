//! How the work beside the requests goes.

use prometheus::{Error, IntCounterVec, IntGaugeVec};

use super::{Definition, Label, Meter};
use crate::clock::Clock;

const JOB: Label = Label::from("name", "the service's jobs");
const FAILURES: Definition = Definition::counter(
    "estore_job_failures_total",
    "Steps of jobs that failed, and will be tried again",
    &[JOB],
);
const SUCCESS: Definition = Definition::gauge(
    "estore_job_success_timestamp_seconds",
    "When a job's last step succeeded, as a Unix time; 0 before the first",
    &[JOB],
);

pub(super) const ALL: [Definition; 2] = [FAILURES, SUCCESS];

/// Steps of jobs by outcome. Cheap to clone.
#[derive(Clone)]
pub(crate) struct JobMetrics {
    failures: IntCounterVec,
    success: IntGaugeVec,
}

impl JobMetrics {
    pub(crate) fn new(meter: &Meter) -> Result<Self, Error> {
        Ok(Self { failures: FAILURES.counters(meter)?, success: SUCCESS.gauges(meter)? })
    }

    /// There is such a job.
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
