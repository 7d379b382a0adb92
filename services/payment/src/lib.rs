//! The Payment Service: saved cards, orders, the ledger. It coordinates what the order protocol asks of all.

mod app;
mod config;
pub mod domain;
mod error;
pub mod flow;
pub mod gateway;
mod jobs;
mod metrics;
pub mod peers;
mod routes;
pub mod store;

use estore_contract::PeerName;
use estore_kit::{
    Documents, Platform, Readiness, Service, StartError,
    config::Env,
    jobs::Job,
    limit::{self, Buckets, Limits},
    redis::{self, Library},
};

pub use error::Error;
pub use metrics::METRICS;

/// The function libraries that this service calls: its own, the sandbox gateway's, and that of the rate limits.
pub const LIBRARIES: [Library; 3] =
    [Library { name: "pay1", version: 7 }, Library { name: "gw1", version: 3 }, limit::LIBRARY];

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
    let limits = Limits::new(env, platform, Buckets::Redis(app.redis.clone()), &app.config.card_secret)?;
    let worker = jobs::Worker::new(&app);
    let mailer = jobs::Mailer::new(&app, platform.peer(env, PeerName::Verification)?);
    let (reconciler, survey) = (jobs::Reconciler::new(&app), jobs::Surveyor::new(&app));
    let redis = redis::watch(&app.redis, platform)?;
    Ok(Service {
        public: routes::public().with_state(app.clone()).into(),
        internal: routes::internal().with_state(app).into(),
        readiness,
        limits,
        jobs: vec![
            redis,
            Job::new("survey", move |stop| survey.run(stop)),
            Job::new("worker", move |stop| worker.run(stop)),
            Job::new("mailer", move |stop| mailer.run(stop)),
            Job::new("reconciler", move |stop| reconciler.run(stop)),
        ],
    })
}
