//! What a service holds on a person: told to the person, and erased (seed: user profiles; GDPR, articles 15, 17 and 20).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    payment::{Order, PaymentMethod, Transaction},
    verification::Verification,
};

/// `GET /internal/users/{id}/export` at the Payment Service. Cards are shown as everywhere: by their last four digits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PaymentExport {
    /// The saved cards.
    pub payment_methods: Vec<PaymentMethod>,
    /// Every order, newest first.
    pub orders: Vec<Order>,
    /// Every entry of the ledger, newest first.
    pub transactions: Vec<Transaction>,
}

/// `GET /internal/users/{id}/export` at the Verification Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct VerificationExport {
    /// Every mail to the person that is still known, newest first; never a token.
    pub mails: Vec<Verification>,
}
