//! The routes that every service has: `/health`, `/ready`, `/openapi.json`, `/docs`.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::State,
    response::{Html, IntoResponse, Response},
};
use bytes::Bytes;
use estore_contract::ErrorBody;
use http::{StatusCode, header};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::docs;
use crate::{extract::Json, readiness::Readiness};

/// Whether the service can serve, and why not.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({"status": "ready", "checks": {"redis": "ok"}}))]
pub(crate) struct Health {
    /// How it is.
    pub(crate) status: Standing,
    /// Each dependency: `ok`, or what is wrong.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) checks: BTreeMap<&'static str, String>,
}

/// How a service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Standing {
    /// The process lives.
    Ok,
    /// It can serve.
    Ready,
    /// It cannot.
    Unready,
}

/// What the routes answer from.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) readiness: Readiness,
    pub(super) document: Arc<Bytes>,
}

/// `/health` and `/ready`.
pub(super) fn health() -> OpenApiRouter<Common> {
    OpenApiRouter::default().routes(routes!(alive)).routes(routes!(ready))
}

/// `/openapi.json` and `/docs`.
pub(super) fn documents() -> OpenApiRouter<Common> {
    OpenApiRouter::default().routes(routes!(openapi)).routes(routes!(page))
}

/// Whether the process lives. Asks no dependency.
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, description = "The process lives", body = Health)))]
async fn alive() -> Json<Health> {
    Json(Health { status: Standing::Ok, checks: BTreeMap::new() })
}

/// Whether the service can serve: its stores answer and are prepared.
#[utoipa::path(get, path = "/ready", tag = "health", responses(
    (status = 200, description = "Requests can be served", body = Health),
    (status = 503, description = "They cannot, or the service is stopping", body = Health),
))]
async fn ready(State(common): State<Common>) -> Response {
    let health = common.readiness.ask().await;
    let status =
        if health.status == Standing::Ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health)).into_response()
}

/// This document.
#[utoipa::path(get, path = "/openapi.json", tag = "docs", responses(
    (status = 200, description = "The OpenAPI 3.1 document of this service", body = Object),
    (status = 500, description = "A bug", body = ErrorBody),
))]
async fn openapi(State(common): State<Common>) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, common.document.as_ref().clone()).into_response()
}

/// This document, for people.
#[utoipa::path(get, path = "/docs", tag = "docs", responses((status = 200, description = "A page that reads the document", content_type = "text/html", body = String)))]
async fn page() -> Response {
    let policy = [
        (header::CONTENT_SECURITY_POLICY, docs::policy()),
        (header::REFERRER_POLICY, "no-referrer".to_owned()),
    ];
    (policy, Html(docs::PAGE)).into_response()
}
