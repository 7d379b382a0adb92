//! Prometheus metrics: one private registry for each process, served on the management port alone.

use std::time::Duration;

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
};
use http::{Method, StatusCode, header};
use prometheus::{HistogramOpts, HistogramVec, IntGaugeVec, Opts, Registry, TextEncoder};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Problem;

/// Times of requests by listener, method, route template and status. Labels come from enums and templates, never from
/// input.
#[derive(Clone)]
pub(crate) struct HttpMetrics {
    seconds: HistogramVec,
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
        registry.register(Box::new(seconds.clone()))?;
        Ok(Self { seconds })
    }

    pub(crate) fn observe(
        &self,
        listener: &str,
        method: &Method,
        route: &str,
        status: StatusCode,
        elapsed: Duration,
    ) {
        let method = match *method {
            Method::GET
            | Method::HEAD
            | Method::POST
            | Method::PUT
            | Method::PATCH
            | Method::DELETE
            | Method::OPTIONS => method.as_str(),
            _ => "other",
        };
        self.seconds
            .with_label_values(&[listener, method, route, status.as_str()])
            .observe(elapsed.as_secs_f64());
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
