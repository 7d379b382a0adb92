//! Faults on demand, for demos: kills, freezes, a faulty gateway, a mail server that is down, and
//! services that cannot reach each other. By button, by API, and by a timetable with a seed.

mod config;
pub mod domain;
mod engine;
mod error;
mod metrics;
mod platform;
#[cfg(feature = "pods")]
pub mod pods;
mod routes;
mod switches;

use std::{process::ExitCode, sync::Arc};

use estore_base::config::Env;
use estore_client::PeerClient;
use estore_contract::PeerName;
use estore_server::{Api, BuildFront, Front, Readiness, StartError};
use estore_telemetry::{jobs::Job, metrics::Meter};
use utoipa::openapi::OpenApi;

pub use config::SETTINGS;
pub use engine::Engine;
pub use error::Error;
pub use metrics::METRICS;
pub use platform::{Platform, PlatformError};
pub use switches::Switches;

/// Returns the OpenAPI document of the routes.
#[must_use]
pub fn document() -> OpenApi {
    routes::router().into_openapi()
}

/// Returns the program with these parts.
#[must_use]
pub const fn api(build: BuildFront) -> Api {
    Api {
        name: "chaos",
        title: "E-Store faults on demand",
        document,
        sections: &METRICS,
        settings: SETTINGS,
        build,
    }
}

/// Builds the program among the pods of its namespace.
#[cfg(feature = "pods")]
pub fn build(env: &Env, telemetry: &estore_telemetry::Platform) -> Result<Front, StartError> {
    build_on(env, telemetry, Arc::new(pods::Pods::from_env(env)?))
}

/// Builds the program on a platform.
pub fn build_on(
    env: &Env,
    telemetry: &estore_telemetry::Platform,
    platform: Arc<dyn Platform>,
) -> Result<Front, StartError> {
    let switches = Switches::new(PeerClient::measured(env, telemetry, PeerName::Payment)?);
    let timetable = config::timetable(env)?;
    let engine = Engine::new(platform, switches, telemetry.clock.clone(), &telemetry.metrics, timetable)?;
    let (recovery, follower) = (engine.clone(), engine.clone());
    Ok(Front {
        routes: routes::router().with_state(engine).into(),
        readiness: Readiness::new(),
        jobs: vec![
            Job::new("recovery", move |stop| recovery.recover(stop)),
            Job::new("timetable", move |stop| follower.follow_timetable(stop)),
        ],
    })
}

/// Runs the program within another one, whose own log it uses, until SIGTERM or SIGINT.
pub async fn run_within(env: &Env, platform: Arc<dyn Platform>) -> Result<ExitCode, StartError> {
    let api = api(|_, _| Err(StartError::Other("it is built on the platform of another program".into())));
    let telemetry = estore_telemetry::Platform::new(Meter::from_env(env)?, api.name)?;
    let front = build_on(env, &telemetry, platform)?;
    api.serve(env, &telemetry, front).await
}
