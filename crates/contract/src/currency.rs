//! Currencies: the codes of ISO 4217, as the `iso_currency` crate maintains them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

/// The code of a currency that a shop can charge in, or once could (ISO 4217). Prices and orders
/// outlive a currency, so a withdrawn code stays readable. [`Currency::is_current`] checks new
/// prices.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, pattern = "^[A-Z]{3}$", description = "must be an ISO 4217 currency code such as USD", example = "USD")]
pub struct Currency([u8; 3]);

/// Codes that the crate's table has dropped, and that may still be stored. All have two decimal
/// digits.
const DROPPED: [&str; 1] = ["ANG"];

/// Codes that the table marks as superseded, but that ISO 4217 lists as current: the bolívar has
/// two codes.
const CURRENT: [&str; 1] = ["VES"];

impl Currency {
    /// Returns true if the currency is in circulation, so that new prices may use it.
    #[must_use]
    pub fn is_current(&self) -> bool {
        CURRENT.contains(&self.code()) || table(self.code()).is_some_and(|it| it.is_superseded().is_none())
    }

    /// Returns the number of digits of the minor unit, after the decimal point.
    #[must_use]
    pub fn digits(&self) -> u32 {
        table(self.code()).and_then(iso_currency::Currency::exponent).map_or(2, u32::from)
    }

    /// Returns the code, three upper-case letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Returns the table's entry for a currency that people pay in. Excludes funds, metals and test
/// codes.
fn table(code: &str) -> Option<iso_currency::Currency> {
    iso_currency::Currency::from_code(code).filter(|it| !it.is_fund() && !it.is_special())
}

/// The error for an invalid currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an ISO 4217 currency code such as USD")]
pub struct InvalidCurrency;

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = table(text).is_some() || DROPPED.contains(&text);
        text.as_bytes().try_into().ok().filter(|_| known).map(Self).ok_or(InvalidCurrency)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn withdrawn_currency_is_read_but_not_current() {
        let read = |code: &str| code.parse::<Currency>().ok().map(|it| it.is_current());
        for current in ["USD", "EUR", "JPY", "XCG", "VES", "VED", "SLE", "ZWG", "XOF", "KWD"] {
            assert_eq!(read(current), Some(true), "{current}");
        }
        for withdrawn in ["ANG", "BGN", "HRK", "ZWL", "SLL", "CUC"] {
            assert_eq!(read(withdrawn), Some(false), "{withdrawn}");
        }
        for none in ["XAU", "XXX", "XTS", "CHE", "usd", "US", "USDX", "", "\u{0}SD", "ÄÖ"] {
            assert_eq!(read(none), None, "{none}");
        }
    }

    #[test]
    fn currency_has_the_digits_of_its_minor_unit() {
        let digits = |code: &str| code.parse::<Currency>().unwrap().digits();
        let codes = ["JPY", "ISK", "XPF", "KWD", "TND", "USD", "XCG", "ANG", "BGN"];
        assert_eq!(codes.map(digits), [0, 0, 0, 3, 3, 2, 2, 2, 2]);
    }
}
