//! The parts of Stripe's answers that this service reads (docs.stripe.com/api).

use serde::Deserialize;

/// A payment.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Intent {
    pub(super) id: String,
    pub(super) status: Status,
    /// In Stripe's minor units.
    pub(super) amount: i64,
    pub(super) currency: String,
    #[serde(default)]
    pub(super) metadata: Option<Metadata>,
    /// The reason why the last attempt to authorize failed.
    pub(super) last_payment_error: Option<Refusal>,
    /// The attempt itself, present from the first confirmation on.
    pub(super) latest_charge: Option<Expandable>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Status {
    RequiresPaymentMethod,
    RequiresConfirmation,
    RequiresAction,
    Processing,
    RequiresCapture,
    Succeeded,
    Canceled,
    #[serde(other)]
    Unknown,
}

/// The metadata that we write on a payment or a refund. A field is `None` if somebody else made the
/// object.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Metadata {
    pub(super) order_id: Option<String>,
    pub(super) user_id: Option<String>,
    pub(super) n: Option<String>,
}

/// A charge, or only its id if the request did not ask to expand it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Expandable {
    Charge(Charge),
    Id(#[expect(dead_code, reason = "that it is only an id is what counts")] String),
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Charge {
    /// `succeeded` even if the money is only authorized.
    pub(super) status: String,
    #[serde(default)]
    pub(super) amount_refunded: i64,
}

/// A card that Stripe has accepted.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Method {
    pub(super) id: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Refund {
    pub(super) id: String,
    pub(super) status: Option<String>,
    pub(super) failure_reason: Option<String>,
    pub(super) amount: i64,
    #[serde(default)]
    pub(super) metadata: Option<Metadata>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Page<T> {
    pub(super) data: Vec<T>,
    pub(super) has_more: bool,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct ErrorBody {
    pub(super) error: Refusal,
}

/// The reason why Stripe refused. Its message is left out because it may repeat request data.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Refusal {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) code: Option<String>,
    pub(super) decline_code: Option<String>,
    pub(super) param: Option<String>,
}
