//! The personal data that a service holds, for export and erasure (seed: user profiles; GDPR,
//! articles 15, 17 and 20).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    payment::{Order, PaymentMethod, Refund, Transaction},
    verification::Verification,
};

/// The answer of `GET /internal/users/{id}/export` at the Payment Service. Shows only the last four
/// digits of a card number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PaymentExport {
    /// The saved cards.
    pub payment_methods: Vec<PaymentMethod>,
    /// Every order, newest first.
    pub orders: Vec<Order>,
    /// Every entry of the ledger, newest first.
    pub transactions: Vec<Transaction>,
    /// Every refund of these orders.
    // Replicas of the release before name none.
    #[serde(default)]
    pub refunds: Vec<Refund>,
}

/// The answer of `GET /internal/users/{id}/export` at the Verification Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VerificationExport {
    /// Every email to the person that is still stored, newest first. Never includes a token.
    pub mails: Vec<Verification>,
}
