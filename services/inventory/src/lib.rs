//! The Inventory Service: the catalogue, the stock, and its reservations.

mod app;
mod browser;
mod cached;
pub mod catalogue;
mod config;
pub mod domain;
mod error;
mod holds;
pub mod images;
mod import;
mod jobs;
mod metrics;
mod products;
mod questions;
mod routes;
pub mod store;

use estore_base::config::Env;
use estore_server::{
    Documents, Readiness, Service, StartError,
    limit::{self, Buckets, Limits},
};
use estore_stores::redis::{self, Library};
use estore_telemetry::{Platform, jobs::Job};

pub use config::SETTINGS;
pub use error::Error;
pub use metrics::METRICS;

/// The function libraries that this service calls: its own, and that of the rate limits.
pub const LIBRARIES: [Library; 2] = [Library { name: "inv1", version: 12 }, limit::LIBRARY];

/// Returns the OpenAPI documents of the routers.
#[must_use]
pub fn documents() -> Documents {
    Documents { public: routes::public().into_openapi(), internal: routes::internal().into_openapi() }
}

/// Builds the service from its settings.
pub fn build(env: &Env, platform: &Platform) -> Result<Service, StartError> {
    let app = app::App::new(app::Parts::new(env, platform)?);
    let catalogue = app.catalogue.clone();
    let readiness =
        Readiness::of_redis(&app.redis, &LIBRARIES, &app.epoch).check_of_job("catalogue", move || {
            let has_begun = catalogue.has_begun();
            async move { has_begun.then_some(()).ok_or_else(|| "is being loaded".to_owned()) }
        });
    let (sweeper, survey, indexer) =
        (jobs::Sweeper::new(&app), jobs::Surveyor::new(&app), jobs::Indexer::new(&app));
    let follower = jobs::Follower::new(&app);
    let redis = redis::watch(&app.redis, platform)?;
    // This service has no other secret. If Redis requires no password, the names of buckets can be
    // guessed.
    let secret = env.optional_secret(&redis::REDIS_PASSWORD)?.unwrap_or_default();
    let limits = Limits::new(env, platform, Buckets::Redis(app.redis.clone()), &secret)?;
    Ok(Service {
        public: routes::public().with_state(app.clone()).into(),
        internal: routes::internal().with_state(app).into(),
        readiness,
        limits,
        jobs: vec![
            redis,
            Job::new("sweeper", move |stop| sweeper.run(stop)),
            Job::new("survey", move |stop| survey.run(stop)),
            Job::new("indexer", move |stop| indexer.run(stop)),
            Job::new("catalogue", move |stop| follower.run(stop)),
        ],
    })
}
