//! Prometheus metrics: one private registry for each process, served on the management port alone.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode, header};
use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TextEncoder,
    core::Collector,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Problem;

/// Times of requests by listener, method, route template and status; open connections; what was turned away. Labels come from
/// enums and templates, never from input.
#[derive(Clone)]
pub(crate) struct HttpMetrics {
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
    pub(crate) fn one_of(gauge: &IntGauge) -> Self {
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
    pub(crate) fn new(registry: &Registry) -> Result<Self, prometheus::Error> {
        let buckets = vec![0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
        let options = HistogramOpts::new(
            "http_request_duration_seconds",
            "Time from the head of a request to the head of its answer",
        )
        .buckets(buckets);
        let seconds = HistogramVec::new(options, &["listener", "method", "route", "status"])?;
        let connections =
            IntGaugeVec::new(Opts::new("http_connections", "Connections that are open"), &["listener"])?;
        let requests = Opts::new(
            "http_requests_in_progress",
            "Requests that are worked on, also where the client has hung up and the work goes on",
        );
        let requests = IntGaugeVec::new(requests, &["listener"])?;
        let refused = Opts::new(
            "http_connections_refused_total",
            "Connections that were closed at once: everything was taken (all), the address had its share (address), TLS failed (tls)",
        );
        let refused = IntCounterVec::new(refused, &["listener", "reason"])?;
        let shed = Opts::new(
            "http_requests_shed_total",
            "Requests that got a 503 at once: too many were worked on (all), or for that address (address)",
        );
        let shed = IntCounterVec::new(shed, &["listener", "reason"])?;
        let all: [Box<dyn Collector>; 5] = [
            Box::new(seconds.clone()),
            Box::new(connections.clone()),
            Box::new(requests.clone()),
            Box::new(refused.clone()),
            Box::new(shed.clone()),
        ];
        all.into_iter().try_for_each(|metric| registry.register(metric))?;
        Ok(Self { seconds, connections, requests, refused, shed })
    }

    /// Counts a connection as open until what is answered is dropped.
    pub(crate) fn opened(&self, listener: &str) -> Counted {
        Counted::one_of(&self.connections.with_label_values(&[listener]))
    }

    /// How many requests are worked on.
    pub(crate) fn working(&self, listener: &str) -> IntGauge {
        self.requests.with_label_values(&[listener])
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
        self.seconds
            .with_label_values(&[listener, known(method), route, status.as_str()])
            .observe(elapsed.as_secs_f64());
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

/// Names the build: `estore_build_info{service, version} 1`.
pub(crate) fn build_info(registry: &Registry, service: &str) -> Result<(), prometheus::Error> {
    let info = IntGaugeVec::new(
        Opts::new("estore_build_info", "Always 1; the labels say what runs"),
        &["service", "version"],
    )?;
    info.with_label_values(&[service, env!("CARGO_PKG_VERSION")]).set(1);
    registry.register(Box::new(info))
}

/// When this service's certificate ends.
pub(crate) fn certificate_expires(registry: &Registry) -> Result<IntGauge, prometheus::Error> {
    let gauge = IntGauge::new(
        "estore_certificate_expires_seconds",
        "When the certificate that the internal listener shows ends, as a Unix time",
    )?;
    registry.register(Box::new(gauge.clone()))?;
    Ok(gauge)
}

/// `GET /metrics`.
pub(crate) fn route(registry: Registry) -> Router {
    OpenApiRouter::default().routes(routes!(scrape)).with_state(registry).into()
}

#[utoipa::path(get, path = "/metrics", responses((status = 200, description = "Prometheus' text format", body = String)))]
async fn scrape(State(registry): State<Registry>) -> Response {
    match TextEncoder::new().encode_to_string(&registry.gather()) {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => Problem::internal(error).into_response(),
    }
}
