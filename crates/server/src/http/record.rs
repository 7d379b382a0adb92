//! The record of each request: its duration, and one line of the log.

use std::time::Instant;

use estore_telemetry::metrics::{HttpMetrics, LEFT, known};
use http::{Method, StatusCode};

/// The name under which operators filter these lines.
const TARGET: &str = "estore_server::http::boundary";

/// The record of a request, made when it is dropped. If it has no status then, the client left
/// first: the connection drops the request.
pub(super) struct Record<'a> {
    pub(super) metrics: &'a HttpMetrics,
    pub(super) listener: &'static str,
    pub(super) method: &'a Method,
    pub(super) route: &'a str,
    pub(super) peer: Option<&'static str>,
    pub(super) began: Instant,
    /// The status of the answer, once there is one.
    pub(super) status: Option<StatusCode>,
}

impl Drop for Record<'_> {
    fn drop(&mut self) {
        let &mut Self { metrics, listener, method, route, peer, began, status } = self;
        let elapsed = began.elapsed();
        let (status, said) = if let Some(status) = status {
            metrics.observe(listener, method, route, status, elapsed);
            (status.as_u16(), "answered")
        } else {
            metrics.left(listener, method, route, elapsed);
            (LEFT, "client left before the answer")
        };
        let (method, micros) = (known(method), elapsed.as_micros());
        if listener == "management" {
            tracing::debug!(target: TARGET, method, route, status, micros, "{said}");
        } else {
            tracing::info!(target: TARGET, method, route, peer, status, micros, "{said}");
        }
    }
}
