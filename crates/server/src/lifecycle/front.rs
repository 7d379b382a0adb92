//! A program that serves pages: it has no internal listener, no certificate, no store and no rate
//! limits of its own.

use std::process::ExitCode;

use axum::Router;
use estore_base::config::{self, Env, Settings};
use estore_telemetry::{
    Platform,
    jobs::Job,
    metrics::{self, Section},
};

use super::{StartError, bind, code_of, live, management, print, start};
use crate::{
    http::{self, Bounds, Listener},
    readiness::Readiness,
    settings::{MANAGEMENT_PORT, SERVICE_PORT},
};

/// The parts of a program that serves pages.
pub struct Front {
    /// The routes. Their handlers find the client's address among the extensions of a request, as
    /// an `estore_base::client_address::ClientAddress`.
    pub routes: Router,
    /// The readiness checks.
    pub readiness: Readiness,
    /// The background jobs.
    pub jobs: Vec<Job>,
}

/// Builds the program from its settings. Called within the runtime.
pub type BuildFront = fn(&Env, &Platform) -> Result<Front, StartError>;

/// Runs the program `name`. Without arguments, it serves until SIGTERM or SIGINT. `metrics` prints
/// its metrics: the common ones, and `sections`. `settings` prints its settings.
pub fn front(name: &'static str, sections: &[Section], own: Settings, build: BuildFront) -> ExitCode {
    let sections = [&metrics::FRONT, sections].concat();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] => start(name, &[own], async |env, platform| {
            run(env, platform, build(env, platform)?, &sections).await
        }),
        ["metrics"] => print(metrics::markdown(&sections).trim_end()),
        ["settings"] => print(config::markdown(&[own]).trim_end()),
        _ => Err(StartError::Other("usage: no argument to serve, `metrics`, or `settings`".into())),
    };
    code_of(name, outcome)
}

async fn run(
    env: &Env,
    platform: &Platform,
    front: Front,
    sections: &[Section],
) -> Result<ExitCode, StartError> {
    let Front { routes, readiness, jobs } = front;
    let port: u16 = env.get(&SERVICE_PORT)?;
    let management_port = env.optional(&MANAGEMENT_PORT)?.unwrap_or_else(|| port.saturating_add(100));
    let bounds = Bounds::public(env)?;
    let listeners = [
        Listener {
            name: "public",
            socket: bind(port, &SERVICE_PORT)?,
            routes: http::front(env, platform, routes, &readiness, bounds.requests)?,
            tls: None,
            slots: bounds.connections,
            metrics: platform.http.clone(),
        },
        management(platform, &readiness, management_port)?,
    ];
    platform.metrics.is_as_said(sections).map_err(|wrong| StartError::Other(wrong.into()))?;
    let code = live(env, platform, listeners, &readiness, jobs);
    tracing::info!(public_port = port, management_port, "started");
    code.await
}
