//! Saved cards.

use estore_contract::{
    PaymentMethodId, Sensitive, UserId,
    payment::{CardView, PaymentMethod, PaymentType},
};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset, macros::offset};

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

/// The last time zone in which a month ends: UTC−12.
const LAST: UtcOffset = offset!(-12);

/// Returns true if a card that is good through `month` of `year` has expired at `now` in every time
/// zone.
#[must_use]
pub fn expires_before(now: OffsetDateTime, month: u8, year: u16) -> bool {
    let now = now.to_offset(LAST);
    (i32::from(year), month) < (now.year(), u8::from(now.month()))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn card_ends_when_its_month_ended_everywhere() {
        for last in [datetime!(2026-11-30 23:59:59 UTC), datetime!(2026-12-01 11:59:59 UTC)] {
            assert!(!expires_before(last, 11, 2026) && !expires_before(last, 1, 2027));
            assert!(expires_before(last, 10, 2026) && expires_before(last, 12, 2025));
        }
        assert!(expires_before(datetime!(2026-12-01 12:00 UTC), 11, 2026));
        assert!(!expires_before(datetime!(2027-01-01 11:59:59 UTC), 12, 2026));
        assert!(expires_before(datetime!(2027-01-01 12:00 UTC), 12, 2026));
    }
}
