//! The state that handlers and jobs share.

use std::{sync::Arc, time::Duration};

use estore_base::config::Env;
use estore_client::PeerClient;
use estore_contract::PeerName;
use estore_server::{
    StartError,
    auth::{Authenticator, Guarded, Introspector},
    epoch::EpochGuard,
};
use estore_stores::redis::{self, Calls, Redis};
use estore_telemetry::Platform;

use crate::{
    catalogue::Catalogue,
    config::{ANONYMOUS_BROWSE, HOLD_SECONDS, PRODUCT_CACHE_BYTES, SWEEP_SECONDS, UPLOADED_IMAGE_BYTES},
    images::Uploads,
    metrics::Metrics,
};

/// The state of the service. Cheap to clone, as axum clones it several times for each request.
pub(crate) type App = Arc<Parts>;

pub(crate) struct Parts {
    pub(crate) redis: Redis,
    /// The index and the JSON from which products and lists are answered.
    pub(crate) catalogue: Catalogue,
    /// Checked before anything is written.
    pub(crate) epoch: EpochGuard,
    pub(crate) metrics: Metrics,
    pub(crate) hold: Duration,
    /// The time between two sweeps for expired holds.
    pub(crate) sweep: Duration,
    /// True if anyone may read the catalogue.
    pub(crate) anonymous_browse: bool,
    /// The uploads of images in progress.
    pub(crate) uploads: Uploads,
    /// The most bytes of all uploaded images.
    pub(crate) uploaded_image_bytes: u64,
    authenticator: Introspector,
}

impl Parts {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, StartError> {
        let user = PeerClient::measured(env, platform, PeerName::User)?;
        let redis = redis::connect(env)?.measured(&Calls::new(&platform.metrics)?);
        Ok(Self {
            epoch: EpochGuard::new(redis.clone(), "{inv}", user.clone()),
            redis,
            catalogue: Catalogue::new(env.get(&PRODUCT_CACHE_BYTES)?),
            metrics: Metrics::new(&platform.metrics)?,
            hold: Duration::from_secs(env.get(&HOLD_SECONDS)?),
            sweep: env.seconds(&SWEEP_SECONDS)?,
            anonymous_browse: env.flag(&ANONYMOUS_BROWSE)?,
            uploads: Uploads::new(),
            uploaded_image_bytes: env.get(&UPLOADED_IMAGE_BYTES)?,
            authenticator: Introspector::new(user, platform)?,
        })
    }
}

impl Guarded for Parts {
    fn authenticator(&self) -> &dyn Authenticator {
        &self.authenticator
    }
}
