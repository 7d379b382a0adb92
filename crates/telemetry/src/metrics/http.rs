//! The metrics of requests and connections.

use std::time::Duration;

use http::{Method, StatusCode};
use prometheus::{Error, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec};

use super::{Definition, Label, Meter};

const LISTENER: Label = Label::each("listener", &["public", "internal", "management"]);
const METHOD: Label =
    Label::each("method", &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"]);
const ROUTE: Label = Label::from("route", "route templates, or (none)");
const SECONDS: Definition = Definition::histogram(
    "http_request_duration_seconds",
    "Seconds from the head of a request to the head of its response, or until its client left",
    &[
        LISTENER,
        METHOD,
        ROUTE,
        Label::from("status", "status codes of the responses, and 499 if the client left first"),
    ],
);
const CONNECTIONS: Definition = Definition::gauge("http_connections", "Open connections", &[LISTENER]);
const REQUESTS: Definition = Definition::gauge(
    "http_requests_in_progress",
    "Requests in progress, including those whose client has disconnected",
    &[LISTENER, METHOD, ROUTE],
);
const REFUSED: Definition = Definition::counter(
    "http_connections_refused_total",
    "Connections closed at once: the limit in all was reached (all), the limit of the address was reached (address), or TLS failed (tls)",
    &[LISTENER, Label::each("reason", &["all", "address", "tls"])],
);
const SHED: Definition = Definition::counter(
    "http_requests_shed_total",
    "Requests answered with 503 at once: the limit in all was reached (all), or the limit of the address was reached (address)",
    &[LISTENER, Label::each("reason", &["all", "address"])],
);

/// The status of a request whose client left before the answer. Nobody sends it.
pub const LEFT: u16 = 499;

pub(super) const ALL: [Definition; 5] = [SECONDS, CONNECTIONS, REQUESTS, REFUSED, SHED];

/// Request durations by listener, method, route template and status, open connections, and
/// rejections. Labels come from enums and templates, never from input.
#[derive(Clone)]
pub struct HttpMetrics {
    measures: bool,
    seconds: HistogramVec,
    connections: IntGaugeVec,
    requests: IntGaugeVec,
    refused: IntCounterVec,
    shed: IntCounterVec,
}

/// An increment of a gauge, undone when dropped.
#[derive(Debug)]
pub struct Counted(IntGauge);

impl Counted {
    /// Increments the gauge.
    fn one_of(gauge: &IntGauge) -> Self {
        gauge.inc();
        Self(gauge.clone())
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl HttpMetrics {
    /// Registers the metrics.
    pub fn new(meter: &Meter) -> Result<Self, Error> {
        Ok(Self {
            measures: meter.measures(),
            seconds: SECONDS.histograms(meter)?,
            connections: CONNECTIONS.gauges(meter)?,
            requests: REQUESTS.gauges(meter)?,
            refused: REFUSED.counters(meter)?,
            shed: SHED.counters(meter)?,
        })
    }

    /// Counts a connection as open until the returned value is dropped.
    #[must_use]
    pub fn opened(&self, listener: &str) -> Counted {
        Counted::one_of(&self.connections.with_label_values(&[listener]))
    }

    /// Counts a request as in progress until the returned value is dropped.
    #[must_use]
    pub fn working(&self, listener: &str, method: &Method, route: &str) -> Option<Counted> {
        let gauge = || self.requests.with_label_values(&[listener, known(method), route]);
        self.measures.then(|| Counted::one_of(&gauge()))
    }

    /// Counts a rejected connection.
    pub fn refused(&self, listener: &str, reason: &str) {
        self.refused.with_label_values(&[listener, reason]).inc();
    }

    /// Counts a rejected request.
    pub fn shed(&self, listener: &str, reason: &str) {
        self.shed.with_label_values(&[listener, reason]).inc();
    }

    /// Records a request.
    pub fn observe(
        &self,
        listener: &str,
        method: &Method,
        route: &str,
        status: StatusCode,
        elapsed: Duration,
    ) {
        self.record(listener, method, route, status.as_str(), elapsed);
    }

    /// Records a request whose client left before the answer.
    pub fn left(&self, listener: &str, method: &Method, route: &str, elapsed: Duration) {
        self.record(listener, method, route, &LEFT.to_string(), elapsed);
    }

    fn record(&self, listener: &str, method: &Method, route: &str, status: &str, elapsed: Duration) {
        if self.measures {
            self.seconds
                .with_label_values(&[listener, known(method), route, status])
                .observe(elapsed.as_secs_f64());
        }
    }
}

/// Returns a method's name, or `other`: clients may invent methods of any length.
#[must_use]
pub fn known(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS => method.as_str(),
        _ => "other",
    }
}
