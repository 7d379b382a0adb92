//! Encryption of saved cards, and the fingerprints that tell cards apart.

use estore_base::seal::{CannotOpen, KeyRing};
use estore_contract::{PaymentMethodId, Sensitive, UserId};

use crate::domain::{Card, StoredCard};

impl Card {
    /// Returns the id of a key and the fingerprint that it makes, which distinguishes this card
    /// from others. Uses the key named `key`, or else the current encryption key. The fingerprint
    /// is keyed because an attacker could try card numbers against a plain hash.
    #[must_use]
    pub fn fingerprint(&self, keys: &KeyRing, key: Option<&str>) -> Option<(String, String)> {
        let Self { number, expiry_month, expiry_year } = self;
        let data = format!("{} {expiry_month} {expiry_year}", number.expose());
        keys.fingerprint(key, "card", data.as_bytes())
    }
}

impl StoredCard {
    /// The user and card that the encrypted number is bound to. Moved to another user or card, it
    /// does not decrypt.
    fn binding(user: UserId, id: PaymentMethodId) -> [String; 2] {
        [user.to_string(), id.to_string()]
    }

    /// Encrypts `number` for this user and card.
    #[must_use]
    pub fn encrypt(keys: &KeyRing, user: UserId, id: PaymentMethodId, number: &str) -> Option<String> {
        let [user, id] = Self::binding(user, id);
        keys.seal(&[&user, &id], number.as_bytes())
    }

    /// Decrypts the card so that it can be charged.
    pub fn decrypt(&self, keys: &KeyRing) -> Result<Card, CannotOpen> {
        let [user, id] = Self::binding(self.user, self.id);
        let number = keys.open(&[&user, &id], &self.sealed)?;
        let number = std::str::from_utf8(&number).map_err(|_| CannotOpen)?;
        Ok(Card {
            number: Sensitive::from(number),
            expiry_month: self.expiry_month,
            expiry_year: self.expiry_year,
        })
    }

    /// Returns the same card encrypted under the current key. `plain` is the decrypted card.
    #[must_use]
    pub fn reencrypted(&self, keys: &KeyRing, plain: &Card) -> Option<Self> {
        let sealed = Self::encrypt(keys, self.user, self.id, plain.number.expose())?;
        Some(Self { sealed, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;
    use time::OffsetDateTime;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn encrypted_number_opens_for_its_user_and_card() {
        let keys = KeyRing::parse(
            "CARD_KEYS",
            &SecretString::from("k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
        )
        .unwrap();
        let (user, id) = (UserId(Uuid::from_u128(1)), PaymentMethodId(Uuid::from_u128(2)));
        let sealed = StoredCard::encrypt(&keys, user, id, "4242424242424242").unwrap();
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
        assert_eq!(card.decrypt(&keys).unwrap().number.expose(), "4242424242424242");
        assert!(!serde_json::to_string(&card).unwrap().contains("4242"));
        card.user = UserId(Uuid::from_u128(3));
        assert!(card.decrypt(&keys).is_err());
    }

    #[test]
    fn reencrypted_card_opens_without_the_old_key() {
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
            sealed: StoredCard::encrypt(&old, user, id, "4242424242424242").unwrap(),
            created_at: OffsetDateTime::UNIX_EPOCH,
        };
        assert!(card.decrypt(&new).is_err());
        let plain = card.decrypt(&both).unwrap();
        let again = card.reencrypted(&both, &plain).unwrap();
        let opened = again.decrypt(&new).unwrap();
        assert_eq!((opened.number.expose(), again.view()), ("4242424242424242", card.view()));
        assert_eq!(opened.fingerprint(&new, None), plain.fingerprint(&both, None));
        assert_ne!(plain.fingerprint(&both, Some("k1")), plain.fingerprint(&both, Some("k2")));
    }
}
