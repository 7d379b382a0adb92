//! The fault switches of the Payment Service. Each fault behind them ends by itself.

use estore_client::{PeerClient, PeerError};
use estore_contract::demo::{FaultSwitch, SwitchKind};
use http::Method;

use crate::PlatformError;

/// The client of the switches. Cheap to clone.
#[derive(Clone)]
pub struct Switches(PeerClient);

impl Switches {
    /// Wraps the client of the Payment Service.
    #[must_use]
    pub const fn new(payment: PeerClient) -> Self {
        Self(payment)
    }

    /// Switches a fault on for `seconds`, or off if they are 0.
    pub(crate) async fn put(&self, kind: SwitchKind, seconds: u32) -> Result<(), PlatformError> {
        let body = FaultSwitch { kind, seconds };
        let answer: Result<(), _> = self.0.call(Method::PUT, "/internal/faults", Some(&body)).await;
        answer.map_err(|error| match error {
            PeerError::Answered(_, body) if body.status_code == 404 => {
                PlatformError::Refused("payment refuses faults; it needs FAULTS=true".to_owned())
            }
            error @ PeerError::Answered(..) => PlatformError::Refused(error.to_string()),
            error @ PeerError::Unknown { .. } => PlatformError::Failed(error.to_string()),
        })
    }
}
