//! Card data in requests. It is never serialized in a response.

mod brand;
mod expiry;

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;

pub use expiry::expires_before;

use crate::Sensitive;

/// A card number (ISO/IEC 7812): 12 to 19 digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 12, max_length = 19, pattern = "^[0-9]{12,19}$", description = "must have 12 to 19 digits", example = "4242424242424242")]
pub struct CardNumber(Sensitive);

impl CardNumber {
    /// Returns the digits.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Returns the last four digits, the only ones that are ever shown.
    #[must_use]
    pub fn last4(&self) -> &str {
        let digits = self.expose();
        digits.get(digits.len().saturating_sub(4)..).unwrap_or_default()
    }

    /// Returns true if the check digit is right (Luhn, ISO/IEC 7812-1, annex B).
    #[must_use]
    pub fn passes_luhn(&self) -> bool {
        let digits = self.expose().bytes().rev().map(|byte| u32::from(byte.saturating_sub(b'0')));
        let sum: u32 = digits
            .enumerate()
            .map(|(at, digit)| if at % 2 == 1 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
            .sum();
        sum.is_multiple_of(10)
    }

    /// Returns the card scheme, derived from the first digits.
    #[must_use]
    pub fn brand(&self) -> &'static str {
        brand::of(self.expose())
    }
}

/// A card's security code: 3 or 4 digits. It is used once and never stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, min_length = 3, max_length = 4, pattern = "^[0-9]{3,4}$", description = "must have 3 to 4 digits", example = "123")]
pub struct Cvc(Sensitive);

fn digits<'de, D: Deserializer<'de>>(
    deserializer: D,
    least: usize,
    most: usize,
) -> Result<Sensitive, D::Error> {
    let text = Sensitive::deserialize(deserializer)?;
    let fits = (least..=most).contains(&text.expose().len())
        && text.expose().bytes().all(|byte| byte.is_ascii_digit());
    if fits { Ok(text) } else { Err(de::Error::custom(format!("must have {least} to {most} digits"))) }
}

impl<'de> Deserialize<'de> for CardNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        digits(deserializer, 12, 19).map(Self)
    }
}

impl<'de> Deserialize<'de> for Cvc {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        digits(deserializer, 3, 4).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(digits: &str) -> CardNumber {
        serde_json::from_value(digits.into()).unwrap()
    }

    #[test]
    fn card_number_shows_only_last_digits_and_brand() {
        let visa = card("4242424242424242");
        assert_eq!((visa.last4(), visa.brand(), visa.passes_luhn()), ("4242", "visa", true));
        assert!(!format!("{visa:?}").contains("4242"));
        let seed = card("15346781053311236");
        assert_eq!((seed.last4(), seed.passes_luhn()), ("1236", false));
    }

    #[test]
    fn invalid_card_number_is_refused() {
        for bad in [
            "",
            "42424242424",
            "42424242424242424242",
            "4242 4242 4242 4242",
            "424242424242424a",
            "٤٢٤٢٤٢٤٢٤٢٤٢",
        ] {
            assert!(serde_json::from_value::<CardNumber>(bad.into()).is_err(), "{bad}");
        }
    }
}
