//! Requests and connections.

use std::time::Duration;

use ::http::{Method, StatusCode};
use prometheus::{Error, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec};

use super::{Definition, Label, Meter};

const LISTENER: Label = Label::each("listener", &["public", "internal", "management"]);
const METHOD: Label =
    Label::each("method", &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "other"]);
const ROUTE: Label = Label::from("route", "route templates, or (none)");
const SECONDS: Definition = Definition::histogram(
    "http_request_duration_seconds",
    "Time from the head of a request to the head of its answer",
    &[LISTENER, METHOD, ROUTE, Label::from("status", "status codes that are answered")],
);
const CONNECTIONS: Definition =
    Definition::gauge("http_connections", "Connections that are open", &[LISTENER]);
const REQUESTS: Definition = Definition::gauge(
    "http_requests_in_progress",
    "Requests that are worked on, also where the client has hung up and the work goes on",
    &[LISTENER, METHOD, ROUTE],
);
const REFUSED: Definition = Definition::counter(
    "http_connections_refused_total",
    "Connections that were closed at once: everything was taken (all), the address had its share (address), TLS failed (tls)",
    &[LISTENER, Label::each("reason", &["all", "address", "tls"])],
);
const SHED: Definition = Definition::counter(
    "http_requests_shed_total",
    "Requests that got a 503 at once: too many were worked on (all), or for that address (address)",
    &[LISTENER, Label::each("reason", &["all", "address"])],
);

pub(super) const ALL: [Definition; 5] = [SECONDS, CONNECTIONS, REQUESTS, REFUSED, SHED];

/// Times of requests by listener, method, route template and status; open connections; what was turned away. Labels come from
/// enums and templates, never from input.
#[derive(Clone)]
pub(crate) struct HttpMetrics {
    measures: bool,
    seconds: HistogramVec,
    connections: IntGaugeVec,
    requests: IntGaugeVec,
    refused: IntCounterVec,
    shed: IntCounterVec,
}

/// Something that counts as long as it lives.
#[derive(Debug)]
pub(crate) struct Counted(IntGauge);

impl Counted {
    /// One more, until it is dropped.
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
    pub(crate) fn new(meter: &Meter) -> Result<Self, Error> {
        Ok(Self {
            measures: meter.measures(),
            seconds: SECONDS.histograms(meter)?,
            connections: CONNECTIONS.gauges(meter)?,
            requests: REQUESTS.gauges(meter)?,
            refused: REFUSED.counters(meter)?,
            shed: SHED.counters(meter)?,
        })
    }

    /// Counts a connection as open until what is answered is dropped.
    pub(crate) fn opened(&self, listener: &str) -> Counted {
        Counted::one_of(&self.connections.with_label_values(&[listener]))
    }

    /// Counts a request as worked on until what is answered is dropped.
    pub(crate) fn working(&self, listener: &str, method: &Method, route: &str) -> Option<Counted> {
        let gauge = || self.requests.with_label_values(&[listener, known(method), route]);
        self.measures.then(|| Counted::one_of(&gauge()))
    }

    /// Counts a connection that was turned away.
    pub(crate) fn refused(&self, listener: &str, reason: &str) {
        self.refused.with_label_values(&[listener, reason]).inc();
    }

    /// Counts a request that was turned away.
    pub(crate) fn shed(&self, listener: &str, reason: &str) {
        self.shed.with_label_values(&[listener, reason]).inc();
    }

    pub(crate) fn observe(
        &self,
        listener: &str,
        method: &Method,
        route: &str,
        status: StatusCode,
        elapsed: Duration,
    ) {
        if self.measures {
            self.seconds
                .with_label_values(&[listener, known(method), route, status.as_str()])
                .observe(elapsed.as_secs_f64());
        }
    }
}

/// A method's name; clients may make up others, of any length.
pub(crate) fn known(method: &Method) -> &str {
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
