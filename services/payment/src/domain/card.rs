//! Saved cards.

use estore_contract::{
    PaymentMethodId, Sensitive, UserId,
    payment::{CardView, PaymentMethod, PaymentType},
};
use estore_kit::seal::{CannotOpen, KeyRing};
use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset, macros::offset};

/// A card as it is stored: one JSON string, its number sealed. The code on its back is not there.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StoredCard {
    /// Which.
    pub id: PaymentMethodId,
    /// Whose.
    pub user: UserId,
    /// The scheme.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// The month it is good through.
    pub expiry_month: u8,
    /// Of this year.
    pub expiry_year: u16,
    /// Whether the check digit is right; recorded, as the seed's own card fails it.
    pub luhn: bool,
    /// The number, sealed.
    pub sealed: String,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// A card to charge.
#[derive(Debug, Clone)]
pub struct Card {
    /// The number on it.
    pub number: Sensitive,
    /// The month it is good through.
    pub expiry_month: u8,
    /// Of this year.
    pub expiry_year: u16,
}

impl Card {
    /// What tells it from another: the key that made the fingerprint, and the fingerprint. Keyed, as numbers could be tried against a
    /// plain one. The key is the one named `key`, or the one that seals now.
    #[must_use]
    pub fn fingerprint(&self, keys: &KeyRing, key: Option<&str>) -> Option<(String, String)> {
        let Self { number, expiry_month, expiry_year } = self;
        let data = format!("{} {expiry_month} {expiry_year}", number.expose());
        keys.fingerprint(key, "card", data.as_bytes())
    }
}

impl StoredCard {
    /// To whom and what the sealed number is bound: moved to another user or card, it does not open.
    fn bond(user: UserId, id: PaymentMethodId) -> [String; 2] {
        [user.to_string(), id.to_string()]
    }

    /// `number`, sealed for this user and card.
    #[must_use]
    pub fn seal(keys: &KeyRing, user: UserId, id: PaymentMethodId, number: &str) -> Option<String> {
        let [user, id] = Self::bond(user, id);
        keys.seal(&[&user, &id], number.as_bytes())
    }

    /// The card, opened to be charged.
    pub fn open(&self, keys: &KeyRing) -> Result<Card, CannotOpen> {
        let [user, id] = Self::bond(self.user, self.id);
        let number = keys.open(&[&user, &id], &self.sealed)?;
        let number = std::str::from_utf8(&number).map_err(|_| CannotOpen)?;
        Ok(Card {
            number: Sensitive::from(number),
            expiry_month: self.expiry_month,
            expiry_year: self.expiry_year,
        })
    }

    /// The same card, sealed under the key that seals now; `plain` is what it opened to.
    #[must_use]
    pub fn resealed(&self, keys: &KeyRing, plain: &Card) -> Option<Self> {
        let sealed = Self::seal(keys, self.user, self.id, plain.number.expose())?;
        Some(Self { sealed, ..self.clone() })
    }

    /// What its owner sees.
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

/// Where a month ends last: UTC−12.
const LAST: UtcOffset = offset!(-12);

/// Whether a card that is good through `month` of `year` has ended at `now`, wherever its owner is.
#[must_use]
pub fn expires_before(now: OffsetDateTime, month: u8, year: u16) -> bool {
    let now = now.to_offset(LAST);
    (i32::from(year), month) < (now.year(), u8::from(now.month()))
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;
    use time::macros::datetime;
    use uuid::Uuid;

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

    #[test]
    fn a_sealed_number_opens_for_its_user_and_card_alone() {
        let keys = KeyRing::parse(
            "CARD_KEYS",
            &SecretString::from("k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        )
        .unwrap();
        let (user, id) = (UserId(Uuid::from_u128(1)), PaymentMethodId(Uuid::from_u128(2)));
        let sealed = StoredCard::seal(&keys, user, id, "4242424242424242").unwrap();
        let mut card = StoredCard {
            id,
            user,
            brand: String::new(),
            last4: String::new(),
            expiry_month: 1,
            expiry_year: 2030,
            luhn: true,
            sealed,
            created_at: OffsetDateTime::UNIX_EPOCH,
        };
        assert_eq!(card.open(&keys).unwrap().number.expose(), "4242424242424242");
        assert!(!serde_json::to_string(&card).unwrap().contains("4242"));
        card.user = UserId(Uuid::from_u128(3));
        assert!(card.open(&keys).is_err());
    }

    #[test]
    fn a_card_that_is_sealed_anew_opens_without_the_old_key() {
        const OLD: &str = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        const NEW: &str = "k2:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
        let ring = |text: &str| KeyRing::parse("CARD_KEYS", &SecretString::from(text)).unwrap();
        let (old, both, new) = (ring(OLD), ring(&format!("{NEW},{OLD}")), ring(NEW));
        let (user, id) = (UserId(Uuid::from_u128(1)), PaymentMethodId(Uuid::from_u128(2)));
        let card = StoredCard {
            id,
            user,
            brand: "visa".to_owned(),
            last4: "4242".to_owned(),
            expiry_month: 1,
            expiry_year: 2030,
            luhn: true,
            sealed: StoredCard::seal(&old, user, id, "4242424242424242").unwrap(),
            created_at: OffsetDateTime::UNIX_EPOCH,
        };
        assert!(card.open(&new).is_err());
        let plain = card.open(&both).unwrap();
        let again = card.resealed(&both, &plain).unwrap();
        let opened = again.open(&new).unwrap();
        assert_eq!((opened.number.expose(), again.view()), ("4242424242424242", card.view()));
        assert_eq!(opened.fingerprint(&new, None), plain.fingerprint(&both, None));
        assert_ne!(plain.fingerprint(&both, Some("k1")), plain.fingerprint(&both, Some("k2")));
    }
}
