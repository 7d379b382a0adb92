//! The state of everything that the engine room shows, at one moment.

use estore_contract::{
    activity::OrderActivity,
    demo::{FaultState, LoadState},
};
use time::OffsetDateTime;
use tokio::join;

use super::{Engine, Measured};
use crate::api::{
    Service, Services,
    demo::{Ready, ToolError, activity, ready},
};

/// The state of each part. The others stay if one of them is away.
pub(crate) struct Snapshot {
    pub(crate) at: OffsetDateTime,
    pub(crate) user: Ready,
    pub(crate) verification: Ready,
    pub(crate) inventory: Ready,
    pub(crate) payment: Ready,
    pub(crate) measured: Result<Measured, ToolError>,
    pub(crate) faults: Result<FaultState, ToolError>,
    pub(crate) load: Result<LoadState, ToolError>,
    pub(crate) orders: Result<Vec<OrderActivity>, ToolError>,
}

impl Snapshot {
    /// Asks every part at once.
    pub(super) async fn take(engine: &Engine, services: &Services, at: OffsetDateTime) -> Self {
        let (user, verification, inventory, payment, measured, faults, load, orders) = join!(
            ready(services, Service::User),
            ready(services, Service::Verification),
            ready(services, Service::Inventory),
            ready(services, Service::Payment),
            Measured::read(&engine.prometheus, at),
            engine.chaos.state(),
            engine.shopper.state(),
            activity(services),
        );
        Self { at, user, verification, inventory, payment, measured, faults, load, orders }
    }

    /// Returns the state of a service by its name. The storefront answers, as it shows this.
    pub(crate) fn ready(&self, service: &str) -> Option<&Ready> {
        match service {
            "user" => Some(&self.user),
            "verification" => Some(&self.verification),
            "inventory" => Some(&self.inventory),
            "payment" => Some(&self.payment),
            "storefront" => Some(&Ready::Up),
            _ => None,
        }
    }
}
