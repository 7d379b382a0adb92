//! The Inventory Service: the catalogue, the stock, and the reservations of it.

mod app;
mod browser;
pub mod catalogue;
pub mod domain;
mod error;
mod import;
mod jobs;
mod metrics;
mod routes;
pub mod store;

use estore_kit::{
    Documents, Platform, Readiness, Service, StartError,
    config::Env,
    jobs::Job,
    limit::{self, Buckets, Limits},
    redis::{self, Library},
};

pub use error::Error;
pub use metrics::METRICS;

/// The function libraries that this service calls: its own, and that of the rate limits.
pub const LIBRARIES: [Library; 2] = [Library { name: "inv1", version: 6 }, limit::LIBRARY];

/// What the routers say of themselves.
#[must_use]
pub fn documents() -> Documents {
    Documents { public: routes::public().into_openapi(), internal: routes::internal().into_openapi() }
}

/// The service, made of its settings.
pub fn build(env: &Env, platform: &Platform) -> Result<Service, StartError> {
    let app = app::App::new(env, platform)?;
    let readiness = {
        let (redis, epoch) = (app.redis.clone(), app.epoch.clone());
        Readiness::new()
            .check("redis", move || {
                let redis = redis.clone();
                async move { redis::check(&redis, &LIBRARIES).await }
            })
            .check("epoch", move || {
                let epoch = epoch.clone();
                async move { epoch.check().await }
            })
    };
    let (sweeper, survey, indexer) =
        (jobs::Sweeper::new(&app), jobs::Surveyor::new(&app), jobs::Indexer::new(&app));
    let follower = jobs::Follower::new(&app);
    let redis = redis::watch(&app.redis, platform)?;
    // Nothing else that this service knows is secret. Where Redis takes no password, the names of buckets can be guessed.
    let secret = env.optional_secret("REDIS_PASSWORD")?.unwrap_or_default();
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
