//! The Verification Service: mails, the tokens in them, and what became of both.

mod app;
mod config;
pub mod domain;
mod error;
pub mod jobs;
pub mod mail;
mod mails;
mod metrics;
mod peers;
mod routes;
pub mod store;

use estore_kit::{
    Documents, Platform, Readiness, Service, StartError,
    config::Env,
    jobs::Job,
    limit::{Buckets, Limits},
    pg,
};
use sqlx::migrate::Migrator;

pub use error::Error;
pub use metrics::METRICS;

/// What the database must have.
pub static MIGRATOR: Migrator = sqlx::migrate!("../../migrations/verification");

/// What the routers say of themselves.
#[must_use]
pub fn documents() -> Documents {
    Documents { public: routes::public().into_openapi(), internal: routes::internal().into_openapi() }
}

/// The service, made of its settings.
pub fn build(env: &Env, platform: &Platform) -> Result<Service, StartError> {
    let app = app::App::new(env, platform)?;
    let readiness = {
        let database = app.database.clone();
        Readiness::new().check("postgres", move || {
            let database = database.clone();
            async move { pg::check(&database, &MIGRATOR).await }
        })
    };
    let secret = config::limits_secret(env)?;
    let limits = Limits::new(env, platform, Buckets::Postgres(app.database.clone()), &secret)?;
    let (outbox, reports, housekeeping) =
        (app.outbox(env)?, jobs::Reports::new(&app), jobs::Housekeeping::new(&app));
    let postgres = pg::watch(&app.database, platform)?;
    Ok(Service {
        public: routes::public().with_state(app.clone()).into(),
        internal: routes::internal().with_state(app).into(),
        readiness,
        limits,
        jobs: vec![
            postgres,
            Job::new("outbox", move |stop| outbox.run(stop)),
            Job::new("reports", move |stop| reports.run(stop)),
            Job::new("housekeeping", move |stop| housekeeping.run(stop)),
        ],
    })
}
