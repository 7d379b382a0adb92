//! The storefront: the shop and its back office as pages, and the public APIs of the services below
//! one address. It stores nothing. A browser's session and basket are encrypted cookies.

mod api;
mod app;
mod assets;
mod catalogue;
mod checkout;
mod config;
mod engine;
mod error;
mod forms;
mod links;
mod metrics;
mod pages;
mod proxy;
mod routes;
mod session;
mod texts;
mod web;

use estore_base::config::Env;
use estore_server::{Front, Readiness, StartError};
use estore_telemetry::Platform;

pub use config::SETTINGS;
pub use metrics::METRICS;

use error::Error;

/// Builds the storefront from its settings. It is ready at once: a page says what does not work
/// while a service is away.
pub fn build(env: &Env, platform: &Platform) -> Result<Front, StartError> {
    let app = app::App::new(env, platform)?;
    Ok(Front { routes: routes::router(app), readiness: Readiness::new(), jobs: Vec::new() })
}
