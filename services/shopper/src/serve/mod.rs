//! Load on demand: `estore-shopper serve`. Four jobs do the work:
//!
//! - [`open`] registers buyers when the shop is ready;
//! - [`drive`] lets them take steps at the rate of the dial;
//! - [`deliver`] keeps products in stock;
//! - [`compare`] compares orders with the answers that their customers got.

mod app;
mod compare;
mod counts;
mod deliver;
mod drive;
mod open;
mod people;
mod steps;
mod told;
mod uncompared;
mod visit;

use std::sync::Arc;

use estore_base::config::Env;
use estore_server::{Api, Front, Readiness, StartError};
use estore_telemetry::{
    Platform,
    jobs::{Job, Stop},
};

pub(crate) use app::App;

use crate::{config::SETTINGS, metrics::METRICS, routes};

/// The program that `estore-shopper serve` runs.
pub const API: Api = Api {
    name: "shopper",
    title: "E-Store shopper",
    document: || routes::router().into_openapi(),
    sections: &METRICS,
    settings: SETTINGS,
    build,
};

/// Builds the program from its settings. It is ready at once: the API says whether the shop is.
fn build(env: &Env, platform: &Platform) -> Result<Front, StartError> {
    let app = App::new(app::Parts::new(env, platform)?);
    let job = |name, run: fn(Arc<app::Parts>, Stop) -> futures::future::BoxFuture<'static, ()>| {
        let app = app.clone();
        Job::new(name, move |stop| run(app, stop))
    };
    let jobs = vec![
        job("open", |app, stop| Box::pin(open::run(app, stop))),
        job("drive", |app, stop| Box::pin(drive::run(app, stop))),
        job("deliver", |app, stop| Box::pin(deliver::run(app, stop))),
        job("compare", |app, stop| Box::pin(compare::run(app, stop))),
    ];
    let routes = routes::router().with_state(app).into();
    Ok(Front { routes, readiness: Readiness::new(), jobs })
}
