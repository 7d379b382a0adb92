//! The lifecycle of a service, from its environment to its end.

mod api;
mod front;

pub use api::Api;
pub use front::{BuildFront, Front, front};

use std::{
    io::{self, Write},
    net::{IpAddr, Ipv6Addr, SocketAddr},
    process::ExitCode,
    time::Duration,
};

use axum::Router;
use estore_base::{
    config::{self, ConfigError, Env, Setting, Settings},
    fail, process,
};
use estore_contract::PeerName;
use estore_telemetry::{
    Platform, Telemetry,
    jobs::{Job, Stop as StopJobs},
    metrics::{self, COMMON, Meter, Section},
};
use tokio::{
    net::{TcpListener, TcpSocket},
    runtime,
    signal::unix::{SignalKind, signal},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{
    freeze,
    http::{self, Bounds, Listener, Stop},
    limit::Limits,
    openapi::Documents,
    readiness::Readiness,
    settings::{self, DRAIN_SECONDS, INTERNAL_PORT, MANAGEMENT_PORT, MAX_CONNECTION_SECONDS, SERVICE_PORT},
    start_error::StartError,
};

/// Every address of this machine, of IPv6 and of IPv4.
const ANY: IpAddr = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
/// The time that jobs have to end. An email that is on its way takes 10 s at most, and its record
/// some more.
const JOBS: Duration = Duration::from_secs(12);

/// The parts of a service.
pub struct Service {
    /// The public routes.
    pub public: Router,
    /// The internal routes.
    pub internal: Router,
    /// The readiness checks.
    pub readiness: Readiness,
    /// The rate limits of the public routes.
    pub limits: Limits,
    /// The background jobs.
    pub jobs: Vec<Job>,
}

/// Builds a service from its settings. Called within the runtime.
pub type Build = fn(&Env, &Platform) -> Result<Service, StartError>;

/// Runs the service `name`. Without arguments, it serves until SIGTERM or SIGINT. `openapi` and
/// `openapi --internal` print its documents. `metrics` prints its metrics: the common ones, and
/// `sections`. `settings` prints its settings: the common ones, and `own`. `freeze --seconds n`
/// stops its other processes in the same container for a while, as a fault of a demo.
pub fn main(
    name: PeerName,
    documents: fn() -> Documents,
    sections: &[Section],
    own: Settings,
    build: Build,
) -> ExitCode {
    // `start` does this too, but the documents would keep the huge pages that they have by then.
    process::use_small_pages();
    let sections = [&COMMON, sections].concat();
    let settings = [settings::COMMON.as_slice(), &[own]].concat();
    let documents = documents().complete(name, http::common_document());
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] => start(name.as_str(), &settings, async |env, platform| {
            run(env, platform, build(env, platform)?, &documents, &sections).await
        }),
        ["openapi"] => print(&documents.public_json()),
        ["openapi", "--internal"] => print(&documents.internal_json()),
        ["metrics"] => print(metrics::markdown(&sections).trim_end()),
        ["settings"] => print(config::markdown(&settings).trim_end()),
        [freeze::COMMAND, "--seconds", seconds] => match seconds.parse() {
            Ok(seconds) => freeze::freeze(seconds),
            Err(error) => Err(StartError::Other(format!("--seconds {seconds}: {error}").into())),
        },
        _ => Err(StartError::Other(
            "usage: no argument to serve, `openapi [--internal]`, `metrics`, `settings`, or \
             `freeze --seconds n`"
                .into(),
        )),
    };
    code_of(name.as_str(), outcome)
}

/// Returns the exit code of an outcome, and reports an error on stderr, because the log may not
/// have started.
fn code_of(name: &str, outcome: Result<ExitCode, StartError>) -> ExitCode {
    outcome.unwrap_or_else(|error| {
        let _unwritable = writeln!(io::stderr(), "estore-{name} does not start: {error}");
        ExitCode::FAILURE
    })
}

fn print(document: &str) -> Result<ExitCode, StartError> {
    writeln!(io::stdout(), "{document}")?;
    Ok(ExitCode::SUCCESS)
}

/// Runs `serve` in a runtime, with the log and the platform of the program `name`.
fn start(
    name: &'static str,
    settings: &[Settings],
    serve: impl AsyncFnOnce(&Env, &Platform) -> Result<ExitCode, StartError>,
) -> Result<ExitCode, StartError> {
    process::harden()?;
    process::use_small_pages();
    let env = Env::from_process();
    runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let telemetry = Telemetry::start(&env, name)?;
        env.warn_of_unknown(settings);
        fail::arm(&env)?;
        let platform = Platform::new(Meter::from_env(&env)?, name)?;
        let code = serve(&env, &platform).await;
        telemetry.stop();
        code
    })
}

async fn run(
    env: &Env,
    platform: &Platform,
    service: Service,
    documents: &Documents,
    sections: &[Section],
) -> Result<ExitCode, StartError> {
    let Service { public, internal, readiness, limits, jobs } = service;
    let (public_port, offset) =
        (env.get::<u16>(&SERVICE_PORT)?, |by: u16| move |port: u16| port.saturating_add(by));
    let management_port = env.optional(&MANAGEMENT_PORT)?.unwrap_or_else(|| offset(100)(public_port));
    let internal_port = env.optional(&INTERNAL_PORT)?.unwrap_or_else(|| offset(200)(public_port));
    let (bounds, own_bounds) = (Bounds::public(env)?, Bounds::internal());
    let public = http::public(env, platform, public, documents, &readiness, bounds.requests, limits)?;
    let listeners = [
        Listener {
            name: "public",
            socket: bind(public_port, &SERVICE_PORT)?,
            routes: public,
            tls: None,
            slots: bounds.connections,
            metrics: platform.http.clone(),
        },
        management(platform, &readiness, management_port)?,
        Listener {
            name: "internal",
            socket: bind(internal_port, &INTERNAL_PORT)?,
            routes: http::internal(platform, internal, own_bounds.requests),
            tls: Some(http::tls(env, platform)?),
            slots: own_bounds.connections,
            metrics: platform.http.clone(),
        },
    ];
    platform.metrics.is_as_said(sections).map_err(|wrong| StartError::Other(wrong.into()))?;
    let code = live(env, platform, listeners, &readiness, jobs);
    tracing::info!(public_port, management_port, internal_port, "started");
    code.await
}

fn management(platform: &Platform, readiness: &Readiness, port: u16) -> Result<Listener, StartError> {
    management_at(ANY, platform, readiness, port)
}

fn management_at(
    address: IpAddr,
    platform: &Platform,
    readiness: &Readiness,
    port: u16,
) -> Result<Listener, StartError> {
    let bounds = Bounds::management();
    Ok(Listener {
        name: "management",
        socket: bind_at(address, port, &MANAGEMENT_PORT)?,
        routes: http::management(platform, readiness, bounds.requests),
        tls: None,
        slots: bounds.connections,
        metrics: platform.http.clone(),
    })
}

/// Runs jobs, and serves only health and metrics, on `MANAGEMENT_PORT` or, by default, on `port`.
/// Stops on SIGTERM or SIGINT, as a service does. `settings` are those of the program.
pub async fn work(
    env: &Env,
    name: PeerName,
    port: u16,
    settings: &[Settings],
    readiness: Readiness,
    jobs: Vec<Job>,
) -> Result<ExitCode, StartError> {
    let telemetry = Telemetry::start(env, name.as_str())?;
    env.warn_of_unknown(settings);
    let platform = Platform::new(Meter::from_env(env)?, name.as_str())?;
    let port = env.optional(&MANAGEMENT_PORT)?.unwrap_or(port);
    let listeners = [management(&platform, &readiness, port)?];
    tracing::info!(management_port = port, "started");
    let code = live(env, &platform, listeners, &readiness, jobs).await;
    telemetry.stop();
    code
}

/// Serves and works until a signal to stop, or until a job ends by itself.
async fn live<const N: usize>(
    env: &Env,
    platform: &Platform,
    listeners: [Listener; N],
    readiness: &Readiness,
    jobs: Vec<Job>,
) -> Result<ExitCode, StartError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let pause = Duration::from_secs(env.get(&DRAIN_SECONDS)?);
    let age = Duration::from_secs(env.get(&MAX_CONNECTION_SECONDS)?);

    let (leaving, now) = (CancellationToken::new(), CancellationToken::new());
    let stop = Stop { leaving, now, age, last: http::LAST };
    let stop_jobs = CancellationToken::new();
    let mut serving = JoinSet::new();
    for listener in listeners {
        serving.spawn(http::serve(listener, stop.clone()));
    }
    let mut working = JoinSet::new();
    for job in jobs {
        let stop = StopJobs::new(stop_jobs.clone(), job.name(), platform);
        let (ready, name) = (readiness.clone(), job.name());
        working.spawn(async move {
            // A job would only fail before its stores are prepared.
            if ready.reached(stop.token()).await {
                job.run(stop).await;
            }
            name
        });
    }

    let failed = tokio::select! {
        _ = terminate.recv() => false,
        _ = interrupt.recv() => false,
        Some(ended) = working.join_next() => {
            tracing::error!(?ended, "job ended unexpectedly; stopping, to be restarted");
            true
        }
    };
    // Fails readiness first, so that load balancers send no new requests and clients reconnect
    // elsewhere. Only then stops listening.
    readiness.stop();
    stop.leaving.cancel();
    tracing::info!("stopping");
    sleep(pause).await;
    stop.now.cancel();
    while serving.join_next().await.is_some() {}
    stop_jobs.cancel();
    tracing::info!("requests have ended; stopping jobs");
    let finish = async { while working.join_next().await.is_some() {} };
    if timeout(JOBS, finish).await.is_err() {
        tracing::warn!("job did not stop in time; another replica will take over");
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn bind(port: u16, setting: &Setting) -> Result<TcpListener, StartError> {
    bind_at(ANY, port, setting)
}

fn bind_at(address: IpAddr, port: u16, setting: &Setting) -> Result<TcpListener, StartError> {
    let listen = |address: IpAddr| {
        let socket = if address.is_ipv6() { TcpSocket::new_v6()? } else { TcpSocket::new_v4()? };
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from((address, port)))?;
        socket.listen(1024)
    };
    let bound = listen(address).or_else(|error: io::Error| {
        // On a machine without IPv6, IPv4 alone is enough.
        if address == ANY { listen(IpAddr::from([0, 0, 0, 0])) } else { Err(error) }
    });
    bound.map_err(|error| {
        ConfigError::new(setting.name, format!("is {port}, which cannot be used ({error})"), "").into()
    })
}
