//! Reads the switches of a demo's faults (`FAULTS=true`).

use std::time::Duration;

use estore_contract::demo::SwitchKind;
use estore_stores::redis::Redis;
use estore_telemetry::jobs;
use tokio::sync::Notify;

use crate::{Error, app::App, faults::Switches, store::faults};

const PERIOD: Duration = Duration::from_millis(250);

pub(crate) struct FaultReader {
    redis: Redis,
    switches: Switches,
}

impl FaultReader {
    pub(crate) fn new(app: &App) -> Self {
        Self { redis: app.redis.clone(), switches: app.switches.clone() }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &Notify::new(), PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Error> {
        match faults::read(&self.redis).await {
            Ok(found) => {
                for (kind, on) in found {
                    self.switch(kind, on);
                }
                Ok(false)
            }
            Err(error) => {
                // A fault must not outlive its key because the store is away.
                for kind in SwitchKind::ALL {
                    self.switch(kind, false);
                }
                Err(error)
            }
        }
    }

    fn switch(&self, kind: SwitchKind, on: bool) {
        if self.switches.set(kind, on) {
            let state = if on { "on" } else { "off" };
            tracing::warn!(fault = kind.as_str(), state, "fault on demand switched");
        }
    }
}
