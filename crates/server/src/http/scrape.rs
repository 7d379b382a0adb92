//! `GET /metrics`.

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
};
use estore_telemetry::metrics::Meter;
use http::header;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Problem;

pub(super) fn route(meter: Meter) -> Router {
    OpenApiRouter::default().routes(routes!(scrape)).with_state(meter).into()
}

#[utoipa::path(get, path = "/metrics", responses((status = 200, description = "Prometheus' text format", body = String)))]
async fn scrape(State(meter): State<Meter>) -> Response {
    match meter.text() {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => Problem::internal(error).into_response(),
    }
}
