//! The engine room of a demonstration: parts of the shop, faults and load on demand, the proof that
//! nothing was lost, the latest orders. It reads all of that from others, and stores nothing.

mod links;
mod map;
mod measured;
mod plot;
mod proof;
mod queries;
mod snapshot;

use std::{sync::Arc, time::Duration};

use estore_base::config::{ConfigError, Env};
use estore_telemetry::Platform;
use time::OffsetDateTime;
use tokio::{sync::Mutex, time::Instant};

pub(crate) use links::{LINKS, Links};
pub(crate) use map::{Map, Node};
pub(crate) use measured::{Call, Measured, Run, Standing};
pub(crate) use plot::Plot;
pub(crate) use proof::{Missing, Proof};
pub(crate) use snapshot::Snapshot;

use crate::api::{
    Services,
    demo::{Chaos, Prometheus, Shopper},
};

/// The time for which a snapshot is reused: however many people look, each part is asked once.
const FRESH: Duration = Duration::from_secs(1);

/// The clients of the engine room, and its latest snapshot.
pub(crate) struct Engine {
    pub(crate) chaos: Chaos,
    pub(crate) shopper: Shopper,
    pub(crate) links: Links,
    prometheus: Prometheus,
    last: Mutex<Option<(Instant, Arc<Snapshot>)>>,
}

impl Engine {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, ConfigError> {
        Ok(Self {
            chaos: Chaos::new(env, platform)?,
            shopper: Shopper::new(env, platform)?,
            links: Links::new(env)?,
            prometheus: Prometheus::new(env, platform)?,
            last: Mutex::default(),
        })
    }

    /// Returns the state of everything, at most a second old.
    pub(crate) async fn look(&self, services: &Services, now: OffsetDateTime) -> Arc<Snapshot> {
        // Requests that arrive meanwhile wait for the same snapshot.
        let mut last = self.last.lock().await;
        if let Some((_, snapshot)) = last.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            return snapshot.clone();
        }
        let snapshot = Arc::new(Box::pin(Snapshot::take(self, services, now)).await);
        *last = Some((Instant::now(), snapshot.clone()));
        snapshot
    }

    /// Forgets the latest snapshot, after something was changed.
    pub(crate) async fn forget(&self) {
        *self.last.lock().await = None;
    }
}
