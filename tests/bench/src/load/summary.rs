//! The figures of a run of the open model.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Plan, TOLERATED, schedule::Schedule};

/// A sent request.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) took: Duration,
    pub(super) started: Duration,
    pub(super) status: u16,
    pub(super) late: bool,
}

/// The latency of requests, due at a constant rate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Latency {
    pub(crate) requests: u32,
    /// Requests actually sent per second.
    pub(crate) rate: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    pub(crate) max_ms: f64,
    /// Requests that started late.
    pub(crate) late: u32,
    /// Requests that were never sent.
    pub(crate) dropped: u32,
    /// Requests with an unexpected status or no answer.
    pub(crate) wrong: u32,
}

impl Latency {
    /// Returns true if the schedule was kept and the answers were as expected.
    pub(crate) fn is_valid(&self) -> bool {
        // One late request is always tolerated: the kernel runs other programs now and then.
        let most = (f64::from(self.requests) * TOLERATED).max(1.0);
        self.requests > 0
            && self.dropped == 0
            && f64::from(self.late) <= most
            && f64::from(self.wrong) <= most
    }

    /// Describes an invalid run.
    pub(crate) fn faults(&self) -> String {
        let Self { requests, late, dropped, wrong, .. } = self;
        format!("{dropped} dropped, {late} started late, {wrong} not answered as expected, of {requests}")
    }
}

pub(super) fn summary(plan: &Plan, schedule: &Schedule, mut seen: Vec<Seen>) -> Latency {
    seen.sort_by_key(|one| one.took);
    let count = |wanted: &dyn Fn(&Seen) -> bool| {
        u32::try_from(seen.iter().filter(|one| wanted(one)).count()).unwrap_or(u32::MAX)
    };
    let requests = count(&|_| true);
    let last = seen.iter().map(|one| one.started).max().unwrap_or_default();
    let at = |percent: usize| {
        let index = (seen.len() * percent).div_ceil(100).max(1) - 1;
        seen.get(index).map_or(0.0, |one| one.took.as_secs_f64() * 1e3)
    };
    Latency {
        requests,
        rate: f64::from(requests.saturating_sub(1)) / last.as_secs_f64().max(1e-9),
        p50_ms: at(50),
        p99_ms: at(99),
        max_ms: at(100),
        late: count(&|one| one.late),
        dropped: schedule.dropped(),
        wrong: count(&|one| one.status != plan.expected),
    }
}
