//! The layers around each listener's routes.

use std::sync::Arc;

use axum::{Router, middleware};
use bytes::Bytes;

use super::{
    TrustedProxies,
    boundary::{Boundary, Counting, boundary},
    common::{self, Common},
    cors,
};
use crate::{
    Platform,
    config::{ConfigError, Env},
    limit::Limits,
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
    limits: Limits,
) -> Result<Router, ConfigError> {
    let document = Arc::new(Bytes::from(documents.public_json()));
    let common = Common { readiness: readiness.clone(), document };
    let own: Router = Router::from(common::health().merge(common::documents())).with_state(common);
    let routes = routes.merge(own);
    let routes = match cors::layer(env)? {
        Some(cors) => routes.layer(cors),
        None => routes,
    };
    let counting = Counting { proxies: TrustedProxies::from_env(env)?, limits };
    Ok(layered(routes, platform, "public", Some(counting)))
}

/// The internal listener's routes.
pub(crate) fn internal(platform: &Platform, routes: Router) -> Router {
    layered(routes, platform, "internal", None)
}

/// The management listener's routes: health and metrics.
pub(crate) fn management(platform: &Platform, readiness: &Readiness) -> Router {
    let common = Common { readiness: readiness.clone(), document: Arc::default() };
    let health: Router = Router::from(common::health()).with_state(common);
    layered(health.merge(metrics::route(platform.metrics.clone())), platform, "management", None)
}

/// The common routes' part of the public document.
pub(crate) fn common_document() -> utoipa::openapi::OpenApi {
    common::health().merge(common::documents()).into_openapi()
}

fn layered(
    routes: Router,
    platform: &Platform,
    listener: &'static str,
    counting: Option<Counting>,
) -> Router {
    let state =
        Boundary { clock: platform.clock.clone(), metrics: platform.http.clone(), listener, counting };
    // One layer, as each costs every request an allocation or two.
    routes.layer(middleware::from_fn_with_state(state, boundary))
}
