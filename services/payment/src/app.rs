//! What handlers and jobs share.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use estore_contract::PeerName;
use estore_kit::{
    Platform, StartError,
    auth::{Authenticator, Introspector},
    clock::Clock,
    config::Env,
    epoch::EpochGuard,
    redis::{self, Calls, Redis},
};
use tokio::sync::Notify;

use crate::{
    config::Config,
    flow::Flow,
    gateway::{CardGateway, Measured, Sandbox, Stripe},
    metrics::Metrics,
    peers::Inventory,
};

/// The state of the service. Cheap to clone, as axum clones it several times for each request.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) redis: Redis,
    /// Asked before anything is begun.
    pub(crate) epoch: EpochGuard,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) config: Config,
    pub(crate) metrics: Metrics,
    /// What moves orders on: for requests and for the worker alike.
    pub(crate) flow: Flow,
    /// Notified where an order could not go on at once.
    pub(crate) work: Arc<Notify>,
    authenticator: Arc<dyn Authenticator>,
}

impl App {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, StartError> {
        let config = Config::from_env(env)?;
        let calls = Calls::new(&platform.metrics)?;
        let redis = redis::connect(env)?.measured(&calls);
        let metrics = Metrics::new(&platform.metrics)?;
        let gateway: Arc<dyn CardGateway> = if config.uses_stripe {
            Arc::new(Stripe::from_env(env)?)
        } else {
            let books = match config.gateway_database {
                Some(database) => redis::connect_to(env, database)?.measured(&calls),
                None => redis.clone(),
            };
            Arc::new(Sandbox::new(books))
        };
        let gateway = Arc::new(Measured::new(gateway, &platform.metrics)?);
        let flow = Flow {
            redis: redis.clone(),
            inventory: Inventory::new(platform.peer(env, PeerName::Inventory)?),
            gateway,
            card_keys: config.card_keys.clone(),
            lease: config.lease,
            hold: config.hold,
            metrics: metrics.clone(),
        };
        let user = platform.peer(env, PeerName::User)?;
        Ok(Self(Arc::new(Parts {
            epoch: EpochGuard::new(redis.clone(), "{pay}", user.clone()),
            redis,
            clock: platform.clock.clone(),
            config,
            metrics,
            flow,
            work: Arc::default(),
            authenticator: Arc::new(Introspector::new(user, platform)?),
        })))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl FromRef<App> for Arc<dyn Authenticator> {
    fn from_ref(app: &App) -> Self {
        app.authenticator.clone()
    }
}
