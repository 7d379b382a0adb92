//! Money: integer minor units and an ISO 4217 code.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de};
use utoipa::ToSchema;

use crate::Currency;

/// An amount in a currency's minor unit (cents, pence, or the yen itself).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"amount": 1999, "currency": "USD"}))]
pub struct Money {
    /// The amount in minor units, never negative.
    #[schema(minimum = 0, maximum = 999_999_999_999_i64)]
    #[serde(deserialize_with = "amount")]
    pub amount: i64,
    /// The ISO 4217 code.
    pub currency: Currency,
}

impl Money {
    /// The largest amount of one price or total, in minor units. Sums of 100 lines of 999 units at
    /// this price still fit in an `i64`. It also stays exact in the doubles of a Lua script or a
    /// browser.
    pub const MAX: i64 = 999_999_999_999;

    /// Creates `amount` minor units of `currency`.
    #[must_use]
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Returns true if the amount is zero. Gateways move no such amount, and the ledger has no
    /// entry for it.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.amount == 0
    }

    /// Multiplies this price by `quantity` units. Returns `None` above [`Money::MAX`].
    #[must_use]
    pub fn times(self, quantity: u32) -> Option<Self> {
        let amount = self.amount.checked_mul(i64::from(quantity)).filter(|amount| *amount <= Self::MAX)?;
        Some(Self { amount, ..self })
    }

    /// Adds both amounts. Returns `None` for two currencies, or above [`Money::MAX`].
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        let amount = self.amount.checked_add(other.amount).filter(|amount| *amount <= Self::MAX)?;
        Some(Self { amount, ..self })
    }
}

/// A change of a price. An omitted field keeps its value.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoneyPatch {
    /// The amount in minor units.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "some_amount")]
    #[schema(nullable = false, minimum = 0, maximum = 999_999_999_999_i64)]
    pub amount: Option<i64>,
    /// The ISO 4217 code.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub currency: Option<Currency>,
}

impl MoneyPatch {
    /// Applies the patch to `kept`.
    #[must_use]
    pub fn onto(self, kept: Money) -> Money {
        Money::new(self.amount.unwrap_or(kept.amount), self.currency.unwrap_or(kept.currency))
    }
}

/// Writes the amount as people do: `29.80 USD`, `500 JPY`.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { amount, currency } = self;
        match currency.digits() {
            0 => write!(f, "{amount} {currency}"),
            digits => {
                let unit = 10_i64.pow(digits);
                let (whole, rest) = (amount / unit, amount % unit);
                write!(f, "{whole}.{rest:0width$} {currency}", width = digits as usize)
            }
        }
    }
}

fn amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let amount = i64::deserialize(deserializer)?;
    if (0..=Money::MAX).contains(&amount) {
        Ok(amount)
    } else {
        Err(de::Error::custom(format!("must be between 0 and {} minor units", Money::MAX)))
    }
}

fn some_amount<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    amount(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_above_maximum_or_mixed_currencies_is_none() {
        let usd: Currency = "USD".parse().unwrap();
        let max = Money::new(Money::MAX, usd);
        assert_eq!(max.plus(Money::new(1, usd)), None);
        assert_eq!(max.times(2), None);
        assert_eq!(Money::new(5, usd).plus(Money::new(5, "EUR".parse().unwrap())), None);
        assert_eq!(Money::new(1999, usd).times(3), Some(Money::new(5997, usd)));
    }

    #[test]
    fn amount_is_shown_with_its_currency_digits() {
        let shown = |amount, code: &str| Money::new(amount, code.parse().unwrap()).to_string();
        assert_eq!(
            [shown(2980, "USD"), shown(5, "EUR"), shown(500, "JPY"), shown(1_005, "KWD")],
            ["29.80 USD", "0.05 EUR", "500 JPY", "1.005 KWD"]
        );
    }

    #[test]
    fn only_whole_amounts_in_known_currencies_are_money() {
        for bad in [
            r#"{"amount":-1,"currency":"USD"}"#,
            r#"{"amount":1.5,"currency":"USD"}"#,
            r#"{"amount":1,"currency":"usd"}"#,
            r#"{"amount":1,"currency":"XXX"}"#,
            r#"{"amount":1000000000000,"currency":"USD"}"#,
            r#"{"amount":1,"currency":"USD","tax":1}"#,
        ] {
            assert!(serde_json::from_str::<Money>(bad).is_err(), "{bad}");
        }
    }
}
