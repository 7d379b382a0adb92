//! Stock keeping units, and the quantities in which they are ordered.

use std::{borrow::Borrow, fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;

/// A stock keeping unit: `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`. Stored ones are read by the same rule,
/// so it may only become wider.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description = "must be 1 to 64 letters, digits, dots, underscores or hyphens, and begin with a letter or digit", example = "MUG-ENAMEL-01")]
pub struct Sku(String);

/// The error for an invalid SKU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 64 letters, digits, dots, underscores or hyphens, and begin with a letter or digit")]
pub struct InvalidSku;

impl Sku {
    /// Returns the SKU as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Sku {
    type Err = InvalidSku;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let begins = text.bytes().next().is_some_and(|first| first.is_ascii_alphanumeric());
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if begins && text.len() <= 64 && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSku)
        }
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Borrow<str> for Sku {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Sku {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// The number of units on a line of an order: 1 to 999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = u32, minimum = 1, maximum = 999, example = 2)]
pub struct Quantity(u32);

impl Quantity {
    /// The maximum number of units on one line.
    pub const MAX: u32 = 999;

    /// Returns `units` as a quantity, or `None` outside 1 to 999.
    #[must_use]
    pub fn new(units: u32) -> Option<Self> {
        (1..=Self::MAX).contains(&units).then_some(Self(units))
    }

    /// Returns the number of units.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Quantity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let units = i64::deserialize(deserializer)?;
        u32::try_from(units)
            .ok()
            .and_then(Self::new)
            .ok_or_else(|| de::Error::custom(format!("must be a whole number from 1 to {}", Self::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sku_is_plain_ascii_of_bounded_length() {
        for good in ["A", "MUG-ENAMEL-01", "a.b_c-d", &"x".repeat(64)] {
            assert!(good.parse::<Sku>().is_ok(), "{good}");
        }
        for bad in ["", "-a", ".a", "a b", "a\n", "é", "a/b", "a}", &"x".repeat(65)] {
            assert!(bad.parse::<Sku>().is_err(), "{bad}");
        }
    }
}
