//! A card gateway's answers about a payment, and its records.

use estore_contract::{Money, OrderId, UserId};

/// The outcome of creating a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreatedPayment {
    /// The payment exists.
    Id(String),
    /// The order was voided before.
    Voided,
    /// The gateway declined the customer for good; the code.
    Declined(String),
    /// The gateway never charges such an amount; the reason, for people.
    Unchargeable(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentState {
    /// The payment exists; no money moved.
    Created,
    /// The money is authorized.
    Authorized,
    /// The card was declined for good; the code as Stripe's users know it.
    Declined(String),
    /// The money is captured.
    Captured,
    /// The payment will never be captured.
    Voided,
    /// No such payment exists.
    Absent,
}

/// The outcome of a void.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voided {
    /// The gateway will not capture this payment.
    Done {
        /// True if the ledger has an authorization to void.
        authorized: bool,
    },
    /// Too late: the payment is captured.
    Captured,
}

/// The outcome of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundState {
    /// The money is on its way back.
    Done,
    /// The gateway refused for good; its code.
    Failed(String),
    /// The gateway has a refund of this number with another amount. No money moved: the number was
    /// used before a restore (order-flow section 7).
    Taken,
}

impl RefundState {
    /// Returns the code of the failure; `None` if the money is on its way back.
    #[must_use]
    pub fn failure(self) -> Option<String> {
        match self {
            Self::Done => None,
            Self::Failed(code) => Some(code),
            Self::Taken => Some("refund_number_taken".to_owned()),
        }
    }
}

/// A payment in the gateway's own records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPayment {
    /// The payment's id at the gateway.
    pub payment: String,
    /// The order that it pays for.
    pub order: OrderId,
    /// The order's owner; `None` if the gateway does not know.
    pub user: Option<UserId>,
    /// The amount.
    pub amount: Money,
    /// The payment's state.
    pub state: PaymentState,
    /// The refunds: number and minor units of each.
    pub refunds: Vec<(u32, i64)>,
}
