//! What handlers and jobs share.

use std::{ops::Deref, sync::Arc, time::Duration};

use axum::extract::FromRef;
use estore_contract::PeerName;
use estore_kit::{
    Platform, StartError,
    auth::{Authenticator, Introspector},
    config::Env,
    epoch::EpochGuard,
    redis::{self, Calls, Redis},
};

use crate::{catalogue::Catalogue, metrics::Metrics};

/// How many bytes of ready JSON are kept, unless set otherwise.
const CACHE_BYTES: usize = 16 * 1024 * 1024;

/// The state of the service. Cheap to clone, as axum clones it several times for each request.
#[derive(Clone)]
pub(crate) struct App(Arc<Parts>);

pub(crate) struct Parts {
    pub(crate) redis: Redis,
    /// The index and the JSON that products and lists are answered from.
    pub(crate) catalogue: Catalogue,
    /// Asked before stock is moved.
    pub(crate) epoch: EpochGuard,
    pub(crate) metrics: Metrics,
    /// How long a hold lasts.
    pub(crate) hold: Duration,
    /// How often expired holds are looked for.
    pub(crate) sweep: Duration,
    /// Whether the catalogue is open to everybody.
    pub(crate) anonymous_browse: bool,
    authenticator: Arc<dyn Authenticator>,
}

impl App {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, StartError> {
        let user = platform.peer(env, PeerName::User)?;
        let redis = redis::connect(env)?.measured(&Calls::new(&platform.metrics)?);
        Ok(Self(Arc::new(Parts {
            epoch: EpochGuard::new(redis.clone(), "{inv}", user.clone()),
            redis,
            catalogue: Catalogue::new(env.or("PRODUCT_CACHE_BYTES", CACHE_BYTES, "16777216")?),
            metrics: Metrics::new(&platform.metrics)?,
            hold: Duration::from_secs(env.or("HOLD_SECONDS", 120, "120")?),
            sweep: env.seconds("SWEEP_SECONDS", 5.0, "5")?,
            anonymous_browse: env.flag("ANONYMOUS_BROWSE", false)?,
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
