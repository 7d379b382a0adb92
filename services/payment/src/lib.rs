//! The Payment Service: saved cards, orders, the ledger. It coordinates the services that take part
//! in the order protocol.

mod app;
mod cards;
mod config;
pub mod domain;
mod error;
pub mod faults;
pub mod flow;
pub mod gateway;
mod jobs;
mod metrics;
mod orders;
pub mod peers;
mod routes;
pub mod store;

use estore_base::config::Env;
use estore_client::PeerClient;
use estore_contract::PeerName;
use estore_server::{
    Documents, Readiness, Service, StartError,
    limit::{self, Buckets, Limits},
};
use estore_stores::redis::{self, Library};
use estore_telemetry::{Platform, jobs::Job};

pub use config::SETTINGS;
pub use error::Error;
pub use metrics::METRICS;

/// The function libraries that this service calls: its own, the sandbox gateway's, and the rate
/// limiter's.
pub const LIBRARIES: [Library; 3] =
    [Library { name: "pay1", version: 14 }, Library { name: "gw1", version: 4 }, limit::LIBRARY];

/// Returns the `OpenAPI` documents of the routers.
#[must_use]
pub fn documents() -> Documents {
    Documents { public: routes::public().into_openapi(), internal: routes::internal().into_openapi() }
}

/// Builds the service from its settings.
pub fn build(env: &Env, platform: &Platform) -> Result<Service, StartError> {
    let app = app::App::new(app::Parts::new(env, platform)?);
    let readiness = Readiness::of_redis(&app.redis, &LIBRARIES, &app.epoch);
    let limits = Limits::new(env, platform, Buckets::Redis(app.redis.clone()), &app.config.card_secret)?;
    let worker = jobs::Worker::new(&app);
    let mailer = jobs::Mailer::new(&app, PeerClient::measured(env, platform, PeerName::Verification)?);
    let (reconciler, survey) = (jobs::Reconciler::new(&app), jobs::Surveyor::new(&app));
    let numberer = jobs::Numberer::new(&app);
    let redis = redis::watch(&app.redis, platform)?;
    let faults = app.config.has_faults().then(|| jobs::FaultReader::new(&app));
    let mut jobs = vec![
        redis,
        Job::new("survey", move |stop| survey.run(stop)),
        Job::new("worker", move |stop| worker.run(stop)),
        Job::new("mailer", move |stop| mailer.run(stop)),
        Job::new("reconciler", move |stop| reconciler.run(stop)),
        Job::new("numberer", move |stop| numberer.run(stop)),
    ];
    jobs.extend(faults.map(|faults| Job::new("faults", move |stop| faults.run(stop))));
    Ok(Service {
        public: routes::public().with_state(app.clone()).into(),
        internal: routes::internal().with_state(app).into(),
        readiness,
        limits,
        jobs,
    })
}
