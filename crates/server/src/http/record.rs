//! The record of each request: its duration, and one line of the log.

use std::time::Instant;

use estore_telemetry::metrics::{HttpMetrics, LEFT, known};
use http::{Method, StatusCode};

/// The name under which operators filter these lines.
const TARGET: &str = "estore_server::http::boundary";

/// The record of a request in progress. If it is dropped before the answer, the client left first,
/// and the record says so: the connection drops the request then.
pub(super) struct Record<'a> {
    pub(super) metrics: &'a HttpMetrics,
    pub(super) listener: &'static str,
    pub(super) method: &'a Method,
    pub(super) route: &'a str,
    pub(super) peer: Option<&'static str>,
    pub(super) began: Instant,
    /// False once the request is recorded.
    pub(super) is_open: bool,
}

impl Record<'_> {
    /// Records an answer.
    pub(super) fn answered(mut self, status: StatusCode) {
        self.is_open = false;
        let elapsed = self.began.elapsed();
        self.metrics.observe(self.listener, self.method, self.route, status, elapsed);
        let (method, route, peer) = (known(self.method), self.route, self.peer);
        let (status, micros) = (status.as_u16(), elapsed.as_micros());
        if self.listener == "management" {
            tracing::debug!(target: TARGET, method, route, status, micros, "answered");
        } else {
            tracing::info!(target: TARGET, method, route, peer, status, micros, "answered");
        }
    }
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        if !self.is_open {
            return;
        }
        let elapsed = self.began.elapsed();
        self.metrics.left(self.listener, self.method, self.route, elapsed);
        let (method, route, peer) = (known(self.method), self.route, self.peer);
        let (status, micros) = (LEFT, elapsed.as_micros());
        if self.listener == "management" {
            tracing::debug!(target: TARGET, method, route, status, micros, "client left before the answer");
        } else {
            tracing::info!(target: TARGET, method, route, peer, status, micros, "client left before the answer");
        }
    }
}
