//! The layers around each listener's routes.

use std::sync::Arc;

use axum::{Router, middleware};
use bytes::Bytes;

use super::{
    Slots, TrustedProxies,
    boundary::{Boundary, Counting, boundary},
    common::{self, Common},
    cors::Cors,
    log,
    pages::Pages,
};
use crate::{
    Platform,
    config::{ConfigError, Env},
    limit::{Classes, Limits},
    metrics,
    openapi::Documents,
    readiness::Readiness,
};

/// The public listener's routes: the service's own, health and documents.
pub(crate) fn public(
    env: &Env,
    platform: &Platform,
    routes: Router,
    documents: &Documents,
    readiness: &Readiness,
    slots: Arc<Slots>,
    limits: Limits,
) -> Result<Router, ConfigError> {
    let document = Arc::new(Bytes::from(documents.public_json()));
    let common = Common { readiness: readiness.clone(), document };
    let own: Router = Router::from(common::health().merge(common::documents())).with_state(common);
    let routes = routes.merge(own);
    let classes = Arc::new(Classes::of(&documents.public));
    let counting = Counting { proxies: TrustedProxies::from_env(env)?, limits, classes };
    let (cors, pages) = (Cors::from_env(env)?, Pages::new(env, &documents.public)?);
    Ok(layered(routes, platform, "public", slots, cors, Some(counting), pages))
}

/// The internal listener's routes.
pub(crate) fn internal(platform: &Platform, routes: Router, slots: Arc<Slots>) -> Router {
    layered(routes, platform, "internal", slots, None, None, Pages::default())
}

/// The management listener's routes: health, metrics, and what the log has.
pub(crate) fn management(platform: &Platform, readiness: &Readiness, slots: Arc<Slots>) -> Router {
    let common = Common { readiness: readiness.clone(), document: Arc::default() };
    let health: Router = Router::from(common::health()).with_state(common);
    let routes = health.merge(metrics::route(platform.metrics.clone())).merge(log::routes());
    layered(routes, platform, "management", slots, None, None, Pages::default())
}

/// The common routes' part of the public document.
pub(crate) fn common_document() -> utoipa::openapi::OpenApi {
    common::health().merge(common::documents()).into_openapi()
}

fn layered(
    routes: Router,
    platform: &Platform,
    listener: &'static str,
    slots: Arc<Slots>,
    cors: Option<Cors>,
    counting: Option<Counting>,
    pages: Pages,
) -> Router {
    let (clock, metrics) = (platform.clock.clone(), platform.http.clone());
    // Shared: axum clones the state of a layer several times for each request.
    let state = Arc::new(Boundary { clock, metrics, listener, cors, counting, slots, pages });
    // One layer, as each costs every request an allocation or two.
    routes.layer(middleware::from_fn_with_state(state, boundary))
}
