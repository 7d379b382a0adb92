//! Why an order failed: kept with it, so that a repeat gets the first answer.

use estore_contract::{Code, FieldError, OrderId, payment::OrderRequest};
use estore_kit::Problem;
use serde::{Deserialize, Serialize};

/// A refusal that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// The code on the wire.
    pub code: String,
    /// What happened, for people.
    pub message: String,
    /// What is short.
    #[serde(default)]
    pub details: Vec<FieldError>,
    /// Why the card was declined.
    #[serde(default)]
    pub decline_code: Option<String>,
}

impl Refusal {
    /// A refusal without details.
    #[must_use]
    pub fn new(code: Code, message: &str) -> Self {
        Self {
            code: code.as_str().to_owned(),
            message: message.to_owned(),
            details: Vec::new(),
            decline_code: None,
        }
    }

    /// The card was declined.
    #[must_use]
    pub fn declined(decline_code: &str) -> Self {
        Self {
            decline_code: Some(decline_code.to_owned()),
            ..Self::new(Code::PaymentDeclined, "The card was declined.")
        }
    }

    /// No attempt can charge what the order costs.
    #[must_use]
    pub fn unchargeable(why: &str) -> Self {
        Self {
            details: vec![FieldError::new("items", why)],
            ..Self::new(Code::AmountNotChargeable, &format!("The total cannot be charged: it {why}."))
        }
    }

    /// The order was not done in time.
    #[must_use]
    pub fn timed_out() -> Self {
        Self::new(
            Code::OrderTimedOut,
            "The order was not done within the time that stock is held for it; nothing was charged.",
        )
    }

    /// The order was lost with a part of the shop's data (order-flow section 7).
    #[must_use]
    pub fn lost() -> Self {
        Self::new(
            Code::OrderLost,
            "The order was lost with a part of the shop's data; whatever was charged for it goes back to the card.",
        )
    }

    /// The answer for the order's client, who sent `request`.
    #[must_use]
    pub fn problem(&self, order: OrderId, request: &OrderRequest) -> Problem {
        let code =
            Code::ALL.iter().copied().find(|code| code.as_str() == self.code).unwrap_or(Code::InternalError);
        // What is kept names SKUs; the client is told which of its lines ask for them.
        let part = if code == Code::UnknownSku { "sku" } else { "quantity" };
        let in_line =
            |detail: &FieldError| detail.clone().in_line(request.items.iter().map(|item| &item.sku), part);
        let details = self.details.iter().map(in_line).collect();
        let problem = Problem::new(code, self.message.clone()).details(details).order_id(order);
        self.decline_code.iter().fold(problem, |problem, code| problem.decline_code(code.clone()))
    }
}
