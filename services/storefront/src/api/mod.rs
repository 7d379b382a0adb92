//! Clients of the services' public APIs: a module for each service, whose methods return the types
//! of `estore_contract`.

pub(crate) mod admin;
mod call;
pub(crate) mod demo;
mod inventory;
mod payment;
mod shopper;
mod user;
mod verification;

use estore_base::config::{ConfigError, Env};
use estore_client::PublicClient;
use estore_contract::{ErrorBody, PeerName};
use estore_telemetry::Platform;

use crate::config::{INVENTORY_API_URL, PAYMENT_API_URL, USER_API_URL, VERIFICATION_API_URL};

pub(crate) use call::{Call, Caller, FORWARDED_FOR, Streamed, segment};
pub(crate) use inventory::{Inventory, ProductQuery, Sort};
pub(crate) use payment::Payment;
pub(crate) use shopper::{NewOrder, OrderList};
pub(crate) use user::User;
pub(crate) use verification::Verification;

/// A service with a public API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    User,
    Inventory,
    Payment,
    Verification,
}

/// The reason for which a call has no result.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum ApiError {
    /// The service rejected the request, or the outcome of a write is unknown (`outcome_unknown`).
    #[error("answered {} {}", .0.status_code, .0.code)]
    Answered(Box<ErrorBody>),
    /// The service does not answer, or cannot serve now. If the call was a write, its effect is
    /// unknown.
    #[error("{0:?} is away")]
    Away(Service),
}

impl ApiError {
    /// Returns the code of the answer, or an empty text if there is none.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Answered(body) => &body.code,
            Self::Away(_) => "",
        }
    }

    /// Returns true if nobody knows the effect of the call, if it was a write.
    pub(crate) fn is_unknown(&self) -> bool {
        matches!(self, Self::Away(_)) || self.code() == "outcome_unknown"
    }

    /// Returns true if the answer has this status.
    pub(crate) fn is(&self, status: u16) -> bool {
        matches!(self, Self::Answered(body) if body.status_code == status)
    }

    /// Returns the message for a field of a form, if the service rejected it.
    pub(crate) fn field(&self, name: &str) -> Option<&str> {
        let Self::Answered(body) = self else { return None };
        body.details.iter().find(|detail| detail.field == name).map(|detail| detail.message.as_str())
    }
}

/// Returns the outcome of a deletion. A repeat finds the work done, so its 404 is a success.
pub(crate) fn deleted(outcome: Result<(), ApiError>) -> Result<(), ApiError> {
    match outcome {
        Err(error) if error.is(404) => Ok(()),
        outcome => outcome,
    }
}

/// The clients of all services.
pub(crate) struct Services {
    user: PublicClient,
    inventory: PublicClient,
    payment: PublicClient,
    verification: PublicClient,
}

impl Services {
    pub(crate) fn new(env: &Env, platform: &Platform) -> Result<Self, ConfigError> {
        let client = |peer: PeerName, setting| PublicClient::measured(env, platform, peer.as_str(), setting);
        Ok(Self {
            user: client(PeerName::User, &USER_API_URL)?,
            inventory: client(PeerName::Inventory, &INVENTORY_API_URL)?,
            payment: client(PeerName::Payment, &PAYMENT_API_URL)?,
            verification: client(PeerName::Verification, &VERIFICATION_API_URL)?,
        })
    }

    /// Returns the client of a service.
    pub(crate) fn client(&self, service: Service) -> &PublicClient {
        match service {
            Service::User => &self.user,
            Service::Inventory => &self.inventory,
            Service::Payment => &self.payment,
            Service::Verification => &self.verification,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lost_answers_are_unknown_and_refusals_are_not() {
        let answered = |code: &str, status: u16| {
            let body =
                json!({"error": "", "message": "", "status_code": status, "code": code, "request_id": ""});
            ApiError::Answered(Box::new(serde_json::from_value(body).unwrap()))
        };
        assert!(ApiError::Away(Service::Payment).is_unknown());
        assert!(answered("outcome_unknown", 503).is_unknown());
        for (code, status) in [("payment_declined", 402), ("insufficient_stock", 409), ("invalid_token", 401)]
        {
            assert!(!answered(code, status).is_unknown(), "{code}");
        }
    }
}
