//! The routes that every service has: `/`, `/health`, `/ready`, `/openapi.json`, `/docs`.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use bytes::Bytes;
use estore_contract::ErrorBody;
use http::{StatusCode, header};
use serde::Serialize;
use utoipa::{ToSchema, openapi::OpenApi};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::docs;
use crate::{
    extract::Json,
    health::{Health, Standing},
    readiness::Readiness,
};

/// The index of a service.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[schema(example = json!({"service": "E-Store User Service", "version": "0.1.0", "docs": "/docs", "openapi": "/openapi.json", "health": "/health", "ready": "/ready"}))]
pub(crate) struct Index {
    /// The name of the service.
    service: String,
    /// The version of its OpenAPI document.
    version: String,
    /// The path of the document, for people.
    docs: &'static str,
    /// The path of the document.
    openapi: &'static str,
    /// The path of the liveness check.
    health: &'static str,
    /// The path of the readiness check.
    ready: &'static str,
}

impl Index {
    pub(super) fn of(document: &OpenApi) -> Self {
        Self {
            service: document.info.title.clone(),
            version: document.info.version.clone(),
            docs: "/docs",
            openapi: "/openapi.json",
            health: "/health",
            ready: "/ready",
        }
    }
}

/// The state of these routes.
#[derive(Clone)]
pub(super) struct Common {
    pub(super) readiness: Readiness,
    pub(super) document: Arc<Bytes>,
    pub(super) index: Arc<Index>,
}

/// Returns the routes `/health` and `/ready`.
pub(super) fn health() -> OpenApiRouter<Common> {
    OpenApiRouter::default().routes(routes!(alive)).routes(routes!(ready))
}

/// Returns the routes `/`, `/openapi.json` and `/docs`. The files of the page are no part of the
/// API, so the document does not have them.
pub(super) fn documents() -> OpenApiRouter<Common> {
    let documented = OpenApiRouter::default().routes(routes!(index)).routes(routes!(openapi));
    documented.routes(routes!(page)).route("/docs/{file}", get(docs::file))
}

/// Reports that the process is alive. Checks no dependency.
#[utoipa::path(get, path = "/health", tag = "health", responses((status = 200, description = "The process lives", body = Health)))]
async fn alive() -> Json<Health> {
    Json(Health { status: Standing::Ok, checks: BTreeMap::new() })
}

/// Reports that the service can serve: its stores answer and are prepared.
#[utoipa::path(get, path = "/ready", tag = "health", responses(
    (status = 200, description = "Requests can be served", body = Health),
    (status = 503, description = "Requests cannot be served, or the service is stopping", body = Health),
))]
async fn ready(State(common): State<Common>) -> Response {
    let health = common.readiness.ask().await;
    let status =
        if health.status == Standing::Ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(health)).into_response()
}

/// Names this service, its document and its health checks.
#[utoipa::path(get, path = "/", tag = "docs", responses((status = 200, description = "The index", body = Index)))]
async fn index(State(common): State<Common>) -> Json<Index> {
    Json(common.index.as_ref().clone())
}

/// Returns this document.
#[utoipa::path(get, path = "/openapi.json", tag = "docs", responses(
    (status = 200, description = "The OpenAPI 3.1 document of this service", body = Object),
    (status = 500, description = "A bug", body = ErrorBody),
))]
async fn openapi(State(common): State<Common>) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    (json, common.document.as_ref().clone()).into_response()
}

/// Shows this document as a page for people, who can try its operations there.
#[utoipa::path(get, path = "/docs", tag = "docs", responses((status = 200, description = "Swagger UI, which reads the document", content_type = "text/html", body = String)))]
async fn page() -> Response {
    docs::page()
}
