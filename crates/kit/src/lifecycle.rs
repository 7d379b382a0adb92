//! From the environment to a running service and to its end.

use std::{
    error::Error,
    io::{self, Write},
    net::{Ipv6Addr, SocketAddr},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use axum::Router;
use estore_contract::PeerName;
use tokio::{
    net::{TcpListener, TcpSocket},
    runtime,
    signal::unix::{SignalKind, signal},
    task::JoinSet,
    time::{sleep, timeout},
};
use tokio_rustls::rustls::ServerConfig;
use tokio_util::sync::CancellationToken;

use crate::{
    clock::{Clock, SystemClock},
    config::{ConfigError, Env},
    fail,
    http::{self, Bounds, Listener, Stop},
    jobs::{Job, Stop as StopJobs},
    limit::Limits,
    live::Live,
    metrics::{self, COMMON, HttpMetrics, JobMetrics, Meter, PeerMetrics, Section},
    openapi::Documents,
    peer::{self, Identity, PeerClient},
    process,
    readiness::Readiness,
    telemetry::Telemetry,
};

/// What every service is given.
#[derive(Clone)]
pub struct Platform {
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Where metrics are registered.
    pub metrics: Meter,
    /// Which service this is.
    pub name: PeerName,
    pub(crate) http: HttpMetrics,
    pub(crate) jobs: JobMetrics,
    peers: PeerMetrics,
}

impl Platform {
    /// The machine's clock and a fresh meter. Within the runtime that is watched.
    pub fn new(env: &Env, name: PeerName) -> Result<Self, StartError> {
        let meter = Meter::from_env(env)?;
        metrics::watch(&meter)?;
        Ok(Self {
            clock: Arc::new(SystemClock),
            name,
            http: HttpMetrics::new(&meter)?,
            jobs: JobMetrics::new(&meter)?,
            peers: PeerMetrics::new(&meter)?,
            metrics: meter,
        })
    }

    /// The client of `peer`, whose calls are measured.
    pub fn peer(&self, env: &Env, peer: PeerName) -> Result<PeerClient, ConfigError> {
        Ok(PeerClient::from_env(env, peer)?.measured(self.peers.clone()))
    }
}

/// What a service is made of.
pub struct Service {
    /// Its public routes.
    pub public: Router,
    /// Its internal routes.
    pub internal: Router,
    /// When it can serve.
    pub readiness: Readiness,
    /// What its public routes are charged to.
    pub limits: Limits,
    /// What it does beside serving.
    pub jobs: Vec<Job>,
}

/// Why a service does not start: one line.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A setting is missing or wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A metric is declared twice or badly: a bug.
    #[error("metrics: {0}")]
    Metrics(#[from] metrics::Error),
    /// A port is taken, or the like.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// Something of the service's own.
    #[error("{0}")]
    Other(#[from] Box<dyn Error + Send + Sync>),
}

/// Makes a service of its settings; called within the runtime.
pub type Build = fn(&Env, &Platform) -> Result<Service, StartError>;

/// Runs the service `name`: without arguments it serves until SIGTERM or SIGINT; `openapi` and `openapi --internal` print
/// its documents, `metrics` what it measures: what every service does, and `sections`.
pub fn main(name: PeerName, documents: fn() -> Documents, sections: &[Section], build: Build) -> ExitCode {
    let sections = [&COMMON, sections].concat();
    let documents = documents().complete(name);
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        [] => start(name, &documents, &sections, build),
        ["openapi"] => print(&documents.public_json()),
        ["openapi", "--internal"] => print(&documents.internal_json()),
        ["metrics"] => print(metrics::markdown(&sections).trim_end()),
        _ => {
            Err(StartError::Other("usage: no argument to serve, `openapi [--internal]`, or `metrics`".into()))
        }
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            // The log may not have started; a line on stderr is seen in every case.
            let _unwritable = writeln!(io::stderr(), "estore-{name} does not start: {error}");
            ExitCode::FAILURE
        }
    }
}

fn print(document: &str) -> Result<ExitCode, StartError> {
    writeln!(io::stdout(), "{document}")?;
    Ok(ExitCode::SUCCESS)
}

fn start(
    name: PeerName,
    documents: &Documents,
    sections: &[Section],
    build: Build,
) -> Result<ExitCode, StartError> {
    process::harden()?;
    let env = Env::from_process();
    runtime::Builder::new_multi_thread().enable_all().build()?.block_on(async {
        let telemetry = Telemetry::start(&env, name.as_str())?;
        fail::arm(&env)?;
        let platform = Platform::new(&env, name)?;
        let service = build(&env, &platform)?;
        let code = run(&env, &platform, service, documents, sections).await;
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
        (env.required::<u16>("SERVICE_PORT", "8000")?, |by: u16| move |port: u16| port.saturating_add(by));
    let management_port = env.or("MANAGEMENT_PORT", offset(100)(public_port), "8100")?;
    let internal_port = env.or("INTERNAL_PORT", offset(200)(public_port), "8200")?;
    let (bounds, own_bounds) = (Bounds::public(env)?, Bounds::internal());
    let public = http::public(env, platform, public, documents, &readiness, bounds.requests, limits)?;
    let listeners = [
        Listener {
            name: "public",
            socket: bind(public_port, "SERVICE_PORT")?,
            routes: public,
            tls: None,
            slots: bounds.connections,
            metrics: platform.http.clone(),
        },
        management(platform, &readiness, management_port)?,
        Listener {
            name: "internal",
            socket: bind(internal_port, "INTERNAL_PORT")?,
            routes: http::internal(platform, internal, own_bounds.requests),
            tls: Some(tls(env, platform)?),
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
    let bounds = Bounds::management();
    Ok(Listener {
        name: "management",
        socket: bind(port, "MANAGEMENT_PORT")?,
        routes: http::management(platform, readiness, bounds.requests),
        tls: None,
        slots: bounds.connections,
        metrics: platform.http.clone(),
    })
}

/// The internal listener's TLS, by the certificates as they are now.
fn tls(env: &Env, platform: &Platform) -> Result<Live<Arc<ServerConfig>>, StartError> {
    let expires = metrics::certificate_expires(&platform.metrics)?;
    let serve = move |identity: Identity| {
        let config = identity.server()?;
        expires.set(identity.expires().unwrap_or_default());
        Ok(Arc::new(config))
    };
    let first = serve.clone();
    let tls = Live::new(
        "server",
        env,
        peer::SETTINGS,
        |env| first(Identity::from_env(env)?),
        move |env| serve(Identity::renewed(env)?),
    )?;
    Ok(tls)
}

/// Runs jobs, and serves nothing but health and metrics: on `MANAGEMENT_PORT`, or on `port` where that is not set. Until SIGTERM or
/// SIGINT, as a service.
pub async fn work(
    env: &Env,
    name: PeerName,
    port: u16,
    readiness: Readiness,
    jobs: Vec<Job>,
) -> Result<ExitCode, StartError> {
    let telemetry = Telemetry::start(env, name.as_str())?;
    let platform = Platform::new(env, name)?;
    let port = env.or("MANAGEMENT_PORT", port, "8104")?;
    let listeners = [management(&platform, &readiness, port)?];
    tracing::info!(management_port = port, "started");
    let code = live(env, &platform, listeners, &readiness, jobs).await;
    telemetry.stop();
    code
}

/// Serves and works until told to stop, or until a job ends by itself.
async fn live<const N: usize>(
    env: &Env,
    platform: &Platform,
    listeners: [Listener; N],
    readiness: &Readiness,
    jobs: Vec<Job>,
) -> Result<ExitCode, StartError> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let pause = Duration::from_secs(env.or("DRAIN_SECONDS", 0, "5")?);
    let age = Duration::from_secs(env.or("MAX_CONNECTION_SECONDS", 60, "60")?);

    let (leaving, now) = (CancellationToken::new(), CancellationToken::new());
    let stop = Stop { leaving, now, age, last: http::LAST };
    let stop_jobs = CancellationToken::new();
    let mut serving = JoinSet::new();
    for listener in listeners {
        serving.spawn(http::serve(listener, stop.clone()));
    }
    let mut working = JoinSet::new();
    for job in jobs {
        let stop = StopJobs::new(stop_jobs.clone(), job.name, platform);
        let ready = readiness.clone();
        working.spawn(async move {
            // Before its stores are prepared a job could only fail.
            if ready.reached(stop.token()).await {
                (job.run)(stop).await;
            }
            job.name
        });
    }

    let failed = tokio::select! {
        _ = terminate.recv() => false,
        _ = interrupt.recv() => false,
        Some(ended) = working.join_next() => {
            tracing::error!(?ended, "a job ended by itself; the service stops, so that it is started afresh");
            true
        }
    };
    // Not ready first, so that no new requests are sent here, and who keeps a connection goes elsewhere; only then the end of listening.
    readiness.stop();
    stop.leaving.cancel();
    tracing::info!("stopping");
    sleep(pause).await;
    stop.now.cancel();
    while serving.join_next().await.is_some() {}
    stop_jobs.cancel();
    let finish = async { while working.join_next().await.is_some() {} };
    if timeout(Duration::from_secs(10), finish).await.is_err() {
        tracing::warn!("a job was still at work when the time to stop was over; another replica takes over");
    }
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn bind(port: u16, name: &'static str) -> Result<TcpListener, StartError> {
    let address = SocketAddr::from((Ipv6Addr::UNSPECIFIED, port));
    let listen = || {
        let socket = TcpSocket::new_v6()?;
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        socket.listen(1024)
    };
    // Where a machine has no IPv6 at all, IPv4 alone will do.
    let listen_v4 = || {
        let socket = TcpSocket::new_v4()?;
        socket.set_reuseaddr(true)?;
        socket.bind(SocketAddr::from(([0, 0, 0, 0], port)))?;
        socket.listen(1024)
    };
    listen().or_else(|_: io::Error| listen_v4()).map_err(|error| {
        ConfigError::new(name, format!("is {port}, which cannot be used ({error})"), "").into()
    })
}
