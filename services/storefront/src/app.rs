//! The state that handlers share.

use std::{ops::Deref, sync::Arc};

use estore_base::{clock::Clock, config::Env};
use estore_server::StartError;
use estore_telemetry::Platform;
use tokio::sync::Semaphore;

use crate::{
    api::Services, catalogue::Categories, config::Config, engine::Engine, metrics::Metrics, proxy::Streams,
    session::Refresher,
};

/// The logouts that are repeated at once. A person can log out with one cookie as often as they
/// like.
const MOST_LOGOUTS: usize = 64;

/// The state of the storefront. Cheap to clone, as axum clones it several times for each request.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) services: Services,
    pub(crate) refresher: Refresher,
    pub(crate) categories: Categories,
    pub(crate) streams: Streams,
    /// The places for logouts that are repeated.
    pub(crate) logouts: Arc<Semaphore>,
    /// The engine room, if it is open.
    pub(crate) engine: Option<Engine>,
    pub(crate) metrics: Metrics,
}

impl App {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, StartError> {
        let config = Config::from_env(env)?;
        let engine = if config.engine { Some(Engine::new(env, platform)?) } else { None };
        Ok(Self(Arc::new(Parts {
            config,
            engine,
            clock: platform.clock.clone(),
            services: Services::new(env, platform)?,
            refresher: Refresher::new(),
            categories: Categories::new(),
            streams: Streams::new(),
            logouts: Arc::new(Semaphore::new(MOST_LOGOUTS)),
            metrics: Metrics::new(&platform.metrics)?,
        })))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
