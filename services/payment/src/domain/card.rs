//! Saved cards.

use estore_contract::{
    PaymentMethodId, Sensitive, UserId,
    payment::{CardView, PaymentMethod, PaymentType},
};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// A card as the store keeps it: one JSON string with an encrypted number and without the security
/// code.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredCard {
    /// The card's id.
    pub id: PaymentMethodId,
    /// The card's owner.
    pub user: UserId,
    /// The card scheme.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    pub expiry_month: u8,
    pub expiry_year: u16,
    /// True if the check digit is right. Recorded because the seed's own card fails the check.
    pub luhn: bool,
    /// The encrypted number.
    pub sealed: String,
    /// The time at which the card was saved.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// A card to charge.
#[derive(Debug, Clone)]
pub struct Card {
    /// The card number.
    pub number: Sensitive,
    pub expiry_month: u8,
    pub expiry_year: u16,
}

impl StoredCard {
    /// Returns the card as its owner sees it.
    #[must_use]
    pub fn view(&self) -> PaymentMethod {
        PaymentMethod {
            id: self.id,
            payment_type: PaymentType::Card,
            details: CardView {
                brand: self.brand.clone(),
                last4: self.last4.clone(),
                expiry_month: self.expiry_month,
                expiry_year: self.expiry_year,
            },
            created_at: self.created_at,
        }
    }
}
