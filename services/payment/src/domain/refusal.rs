//! The reason why an order failed. It is kept with the order, so that a repeat gets the first
//! answer.

use estore_contract::{Code, FieldError};
use serde::{Deserialize, Serialize};

/// A refusal that is kept with the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The error code in the response.
    pub code: String,
    /// The message, for people.
    pub message: String,
    /// The lines that caused the refusal.
    #[serde(default)]
    pub details: Vec<FieldError>,
    /// The reason why the card was declined.
    #[serde(default)]
    pub decline_code: Option<String>,
}

impl Refusal {
    /// Returns a refusal without details.
    #[must_use]
    pub fn new(code: Code, message: &str) -> Self {
        Self {
            code: code.as_str().to_owned(),
            message: message.to_owned(),
            details: Vec::new(),
            decline_code: None,
        }
    }

    /// Returns the refusal for a declined card.
    #[must_use]
    pub fn declined(decline_code: &str) -> Self {
        Self {
            decline_code: Some(decline_code.to_owned()),
            ..Self::new(Code::PaymentDeclined, "The card was declined.")
        }
    }

    /// Returns the refusal for a total that no attempt can charge.
    #[must_use]
    pub fn unchargeable(why: &str) -> Self {
        Self {
            details: vec![FieldError::new("items", why)],
            ..Self::new(Code::AmountNotChargeable, &format!("The total cannot be charged: it {why}."))
        }
    }

    /// Returns the refusal for an order that was not done in time.
    #[must_use]
    pub fn timed_out() -> Self {
        Self::new(
            Code::OrderTimedOut,
            "The order was not completed before its stock hold expired; nothing was charged.",
        )
    }

    /// Returns the refusal for an order that was lost with a part of the shop's data (order-flow
    /// section 7).
    #[must_use]
    pub fn lost() -> Self {
        Self::new(
            Code::OrderLost,
            "The order was lost with a part of the shop's data; any charge for it is refunded to the card.",
        )
    }
}
