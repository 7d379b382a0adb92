//! Money: integer minor units and an ISO 4217 code.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

/// An amount in a currency's minor unit (cents, pence, or the yen itself).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"amount": 1999, "currency": "USD"}))]
pub struct Money {
    /// Minor units; never negative on the wire.
    #[schema(minimum = 0, maximum = 999_999_999_999_i64)]
    #[serde(deserialize_with = "amount")]
    pub amount: i64,
    /// ISO 4217 code.
    pub currency: Currency,
}

impl Money {
    /// The largest amount that one price or total may have, in minor units. It leaves room for every sum of
    /// 100 lines of 999 pieces, and stays exact in the doubles of a Lua script or a browser.
    pub const MAX: i64 = 999_999_999_999;

    /// `amount` minor units of `currency`.
    #[must_use]
    pub const fn new(amount: i64, currency: Currency) -> Self {
        Self { amount, currency }
    }

    /// Whether it is nothing: no gateway moves it, and no ledger enters it.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.amount == 0
    }

    /// This price for `quantity` pieces; `None` past [`Money::MAX`].
    #[must_use]
    pub fn times(self, quantity: u32) -> Option<Self> {
        let amount = self.amount.checked_mul(i64::from(quantity)).filter(|amount| *amount <= Self::MAX)?;
        Some(Self { amount, ..self })
    }

    /// The sum of both; `None` for two currencies or past [`Money::MAX`].
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        let amount = self.amount.checked_add(other.amount).filter(|amount| *amount <= Self::MAX)?;
        Some(Self { amount, ..self })
    }
}

/// As people write it: `29.80 USD`, `500 JPY`.
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

/// An ISO 4217 currency code of a currency in circulation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, ToSchema)]
#[schema(value_type = String, pattern = "^[A-Z]{3}$", example = "USD")]
pub struct Currency([u8; 3]);

/// The codes of ISO 4217 list one that a shop can charge in (no metals, no testing codes).
const CODES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN \
    BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ \
    GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL \
    LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN \
    PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD \
    TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG";

/// Currencies whose minor unit is the unit itself, and those with thousandths (ISO 4217); all others have hundredths.
const WHOLE: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
const THOUSANDTHS: &str = "BHD IQD JOD KWD LYD OMR TND";

impl Currency {
    /// How many digits of the minor unit follow the point.
    #[must_use]
    pub fn digits(&self) -> u32 {
        let among = |codes: &str| codes.split_ascii_whitespace().any(|code| code == self.code());
        match (among(WHOLE), among(THOUSANDTHS)) {
            (true, _) => 0,
            (_, true) => 3,
            _ => 2,
        }
    }

    /// The code, three upper-case letters.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// What is wrong with a currency code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not an ISO 4217 currency code such as USD")]
pub struct InvalidCurrency;

impl FromStr for Currency {
    type Err = InvalidCurrency;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        CODES
            .split_ascii_whitespace()
            .find(|code| *code == text)
            .and_then(|code| code.as_bytes().try_into().ok())
            .map(Self)
            .ok_or(InvalidCurrency)
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
    fn sums_and_products_never_pass_the_maximum_or_mix_currencies() {
        let usd: Currency = "USD".parse().unwrap();
        let max = Money::new(Money::MAX, usd);
        assert_eq!(max.plus(Money::new(1, usd)), None);
        assert_eq!(max.times(2), None);
        assert_eq!(Money::new(5, usd).plus(Money::new(5, "EUR".parse().unwrap())), None);
        assert_eq!(Money::new(1999, usd).times(3), Some(Money::new(5997, usd)));
    }

    #[test]
    fn an_amount_is_shown_with_the_digits_of_its_currency() {
        let shown = |amount, code: &str| Money::new(amount, code.parse().unwrap()).to_string();
        assert_eq!(
            [shown(2980, "USD"), shown(5, "EUR"), shown(500, "JPY"), shown(1_005, "KWD")],
            ["29.80 USD", "0.05 EUR", "500 JPY", "1.005 KWD"]
        );
        assert!(WHOLE.split(' ').chain(THOUSANDTHS.split(' ')).all(|code| code.parse::<Currency>().is_ok()));
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
