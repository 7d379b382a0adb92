//! The User Service: accounts, sessions, tokens, and the caller behind a token.

mod accounts;
mod app;
mod config;
pub mod domain;
mod error;
pub mod jobs;
mod links;
mod metrics;
#[path = "../../../migrations/user/mod.rs"]
mod migrations;
pub mod passwords;
mod peers;
mod routes;
mod sessions;
pub mod store;

use std::sync::LazyLock;

use estore_base::config::Env;
use estore_server::{
    Documents, Readiness, Service, StartError,
    limit::{Buckets, Limits},
};
use estore_stores::pg;
use estore_telemetry::{Platform, jobs::Job};
use sqlx::migrate::Migrator;

pub use config::SETTINGS;
pub use error::Error;
pub use metrics::METRICS;

/// The migrations that the database must have.
pub static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| pg::migrator(migrations::ALL));

/// Returns the OpenAPI documents of the routers.
#[must_use]
pub fn documents() -> Documents {
    Documents { public: routes::public().into_openapi(), internal: routes::internal().into_openapi() }
}

/// Builds the service from its settings.
pub fn build(env: &Env, platform: &Platform) -> Result<Service, StartError> {
    let app = app::App::new(app::Parts::new(env, platform)?);
    let readiness = Readiness::of_postgres(&app.database, &app.pg_clock, &MIGRATOR);
    let (outbox, erasures, housekeeping) =
        (jobs::Outbox::new(&app), jobs::Erasures::new(&app), jobs::Housekeeping::new(&app));
    let folding = jobs::Folding::new(&app);
    let buckets = Buckets::Postgres(app.database.clone());
    let limits = Limits::new(env, platform, buckets, &config::JwtSecrets::from_env(env)?.current)?;
    let postgres = pg::watch(&app.database, &app.pg_clock, platform)?;
    Ok(Service {
        public: routes::public().with_state(app.clone()).into(),
        internal: routes::internal().with_state(app).into(),
        readiness,
        limits,
        jobs: vec![
            postgres,
            Job::new("outbox", move |stop| outbox.run(stop)),
            Job::new("erasures", move |stop| erasures.run(stop)),
            Job::new("folding", move |stop| folding.run(stop)),
            Job::new("housekeeping", move |stop| housekeeping.run(stop)),
        ],
    })
}
