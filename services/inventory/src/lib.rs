//! The Inventory Service: the catalogue, the stock, and the reservations of it.

mod app;
mod browser;
pub mod domain;
mod error;
mod jobs;
mod metrics;
mod routes;
pub mod store;

use estore_kit::{
    Documents, Platform, Readiness, Service, StartError,
    config::Env,
    jobs::Job,
    redis::{self, Library},
};

pub use error::Error;

/// The function library that this service calls.
pub const LIBRARY: Library = Library { name: "inv1", version: 3 };

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
                async move { redis::check(&redis, &[LIBRARY]).await }
            })
            .check("epoch", move || {
                let epoch = epoch.clone();
                async move { epoch.check().await }
            })
    };
    let sweeper = jobs::Sweeper::new(&app);
    Ok(Service {
        public: routes::public().with_state(app.clone()).into(),
        internal: routes::internal().with_state(app).into(),
        readiness,
        jobs: vec![Job::new("sweeper", move |stop| sweeper.run(stop))],
    })
}
