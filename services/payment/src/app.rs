//! The state that handlers and jobs share.

use std::sync::Arc;

use estore_base::{clock::Clock, config::Env};
use estore_client::PeerClient;
use estore_contract::PeerName;
use estore_server::{
    StartError,
    auth::{Authenticator, Guarded, Introspector},
    epoch::EpochGuard,
};
use estore_stores::redis::{self, Calls, Redis};
use estore_telemetry::Platform;
use tokio::sync::Notify;

use crate::{
    config::{Config, Gateway},
    faults::{Faulty, Switches},
    flow::{Flow, Watchers},
    gateway::{CardGateway, Measured, Sandbox, Stripe},
    metrics::Metrics,
    orders::streams::Streams,
    peers::Inventory,
    store::activity::Latest,
};

/// The state of the service. Cheap to clone: axum clones it several times for each request.
pub(crate) type App = Arc<Parts>;

pub(crate) struct Parts {
    pub(crate) redis: Redis,
    /// Checked before new work begins.
    pub(crate) epoch: EpochGuard,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) config: Config,
    pub(crate) metrics: Metrics,
    /// Moves orders on, for requests and for the worker alike.
    pub(crate) flow: Flow,
    /// Notified when an order could not go on at once.
    pub(crate) work: Arc<Notify>,
    /// The faults of a demo that are on.
    pub(crate) switches: Switches,
    /// The streams of events in progress.
    pub(crate) streams: Streams,
    /// The orders that changed last, for anybody who looks.
    pub(crate) latest: Latest,
    authenticator: Introspector,
}

impl Parts {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, StartError> {
        let config = Config::from_env(env)?;
        let calls = Calls::new(&platform.metrics)?;
        let redis = redis::connect(env)?.measured(&calls);
        let metrics = Metrics::new(&platform.metrics)?;
        let switches = Switches::default();
        let gateway: Arc<dyn CardGateway> = if config.gateway == Gateway::Stripe {
            Arc::new(Stripe::from_env(env)?)
        } else {
            let records = match config.gateway_database {
                Some(database) => redis::connect_to(env, database)?.measured(&calls),
                None => redis.clone(),
            };
            let sandbox = Sandbox::new(records);
            if config.has_faults() {
                Arc::new(Faulty::new(sandbox, switches.clone()))
            } else {
                Arc::new(sandbox)
            }
        };
        let gateway = Arc::new(Measured::new(gateway, &platform.metrics)?);
        let flow = Flow {
            redis: redis.clone(),
            inventory: Inventory::new(PeerClient::measured(env, platform, PeerName::Inventory)?)
                .with_switches(switches.clone()),
            gateway,
            card_keys: config.card_keys.clone(),
            lease: config.lease,
            hold: config.hold,
            metrics: metrics.clone(),
            watchers: Watchers::default(),
        };
        let user = PeerClient::measured(env, platform, PeerName::User)?;
        Ok(Self {
            epoch: EpochGuard::new(redis.clone(), "{pay}", user.clone()),
            redis,
            clock: platform.clock.clone(),
            config,
            metrics,
            flow,
            work: Arc::default(),
            switches,
            streams: Streams::default(),
            latest: Latest::default(),
            authenticator: Introspector::new(user, platform)?,
        })
    }
}

impl Guarded for Parts {
    fn authenticator(&self) -> &dyn Authenticator {
        &self.authenticator
    }
}
