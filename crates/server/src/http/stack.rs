//! The layers around each listener's routes.

use std::sync::Arc;

use axum::{Router, middleware};
use bytes::Bytes;
use estore_base::{
    config::{ConfigError, Env},
    trusted_proxies::TrustedProxies,
};
use estore_telemetry::Platform;
use utoipa::openapi::OpenApi;

use super::{
    ConnectionLimit,
    boundary::{Boundary, Counting, boundary as enter},
    common::{self, Common, Index},
    cors::Cors,
    log,
    pages::Pages,
    scrape,
};
use crate::{
    limit::{Classes, Limits},
    openapi::{Documents, pretty},
    readiness::Readiness,
};

/// Returns the public listener's routes: the service's own, health and documents.
pub(crate) fn public(
    env: &Env,
    platform: &Platform,
    routes: Router,
    documents: &Documents,
    readiness: &Readiness,
    slots: Arc<ConnectionLimit>,
    limits: Limits,
) -> Result<Router, ConfigError> {
    let document = Arc::new(Bytes::from(documents.public_json()));
    let index = Arc::new(Index::of(&documents.public));
    let common = Common { readiness: readiness.clone(), document, index };
    let own: Router = Router::from(common::health().merge(common::documents())).with_state(common);
    let routes = routes.merge(own);
    let classes = Arc::new(Classes::of(&documents.public));
    let counting = Counting { proxies: TrustedProxies::from_env(env)?, limits, classes };
    let boundary = Boundary {
        cors: Cors::from_env(env)?,
        counting: Some(counting),
        pages: Pages::new(env, &documents.public)?,
        ..Boundary::plain(platform, "public", slots)
    };
    Ok(layered(routes, boundary))
}

/// Returns the public listener's routes of a program that serves pages: its own, and health.
pub(crate) fn front(
    env: &Env,
    platform: &Platform,
    routes: Router,
    readiness: &Readiness,
    slots: Arc<ConnectionLimit>,
) -> Result<Router, ConfigError> {
    let boundary = Boundary {
        proxies: Some(TrustedProxies::from_env(env)?),
        pages: Pages::of_everything(env)?,
        ..Boundary::plain(platform, "public", slots)
    };
    Ok(layered(routes.merge(health(readiness)), boundary))
}

/// Returns the public listener's routes of a program with a JSON API: its own, health and its
/// `document`. Foreign pages may not use them, because there is no login.
pub(crate) fn api(
    platform: &Platform,
    routes: Router,
    document: &OpenApi,
    readiness: &Readiness,
    slots: Arc<ConnectionLimit>,
) -> Router {
    let (json, index) = (Arc::new(Bytes::from(pretty(document))), Arc::new(Index::of(document)));
    let common = Common { readiness: readiness.clone(), document: json, index };
    let own: Router = Router::from(common::health().merge(common::documents())).with_state(common);
    let boundary = Boundary { local_pages_only: true, ..Boundary::plain(platform, "public", slots) };
    layered(routes.merge(own), boundary)
}

/// Returns the internal listener's routes.
pub(crate) fn internal(platform: &Platform, routes: Router, slots: Arc<ConnectionLimit>) -> Router {
    layered(routes, Boundary::plain(platform, "internal", slots))
}

/// Returns the management listener's routes: health, metrics and the log filter. Foreign pages may
/// not use them, because there is no login.
pub(crate) fn management(platform: &Platform, readiness: &Readiness, slots: Arc<ConnectionLimit>) -> Router {
    let routes = health(readiness).merge(scrape::route(platform.metrics.clone())).merge(log::routes());
    let boundary = Boundary { local_pages_only: true, ..Boundary::plain(platform, "management", slots) };
    layered(routes, boundary)
}

fn health(readiness: &Readiness) -> Router {
    let common = Common { readiness: readiness.clone(), document: Arc::default(), index: Arc::default() };
    Router::from(common::health()).with_state(common)
}

/// Returns the common routes' part of the public document.
pub(crate) fn common_document() -> OpenApi {
    common::health().merge(common::documents()).into_openapi()
}

fn layered(routes: Router, boundary: Boundary) -> Router {
    // Shared, because axum clones the state of a layer several times for each request.
    let state = Arc::new(boundary);
    // One layer, because each layer costs every request an allocation or two.
    routes.layer(middleware::from_fn_with_state(state, enter))
}
