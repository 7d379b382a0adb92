//! The amounts that Stripe moves (docs.stripe.com/currencies#minimum-and-maximum-charge-amounts).

use estore_contract::{Currency, Money};

use super::currency::{from_stripe, step, to_stripe};
use crate::gateway::AmountRule;

/// The rule known before Stripe is called. Stripe may refuse more: see `finals`.
pub(super) const RULE: AmountRule = AmountRule { charge, refund };

/// The minimum amounts, in our units, of the currencies that accounts settle in. If an account
/// settles in another currency than the order's, Stripe converts, and its own refusal is final.
const LEAST: [(&str, i64); 24] = [
    ("AED", 200),
    ("AUD", 50),
    ("BGN", 100),
    ("BRL", 50),
    ("CAD", 50),
    ("CHF", 50),
    ("CZK", 1500),
    ("DKK", 250),
    ("EUR", 50),
    ("GBP", 30),
    ("HKD", 400),
    ("HUF", 17_500),
    ("INR", 50),
    ("JPY", 50),
    ("MXN", 1000),
    ("MYR", 200),
    ("NOK", 300),
    ("NZD", 50),
    ("PLN", 200),
    ("RON", 200),
    ("SEK", 300),
    ("SGD", 50),
    ("THB", 1000),
    ("USD", 50),
];

fn charge(money: Money) -> Result<(), String> {
    refund(money)?;
    let Money { amount, currency } = money;
    let least = LEAST.iter().find(|(code, _)| *code == currency.code()).map_or(1, |(_, least)| *least);
    let most = most(currency);
    if amount < least {
        return Err(format!("must be at least {}", Money::new(least, currency)));
    }
    if amount > most {
        return Err(format!("must be at most {}", Money::new(most, currency)));
    }
    Ok(())
}

fn refund(money: Money) -> Result<(), String> {
    match to_stripe(money) {
        Some(_) => Ok(()),
        None => Err(format!("must be a multiple of {}", Money::new(step(money.currency), money.currency))),
    }
}

/// Returns the maximum amount, in our units. Stripe takes eight digits of its own units, and twelve
/// for rupiah.
fn most(currency: Currency) -> i64 {
    let digits: i64 = if currency.code() == "IDR" { 999_999_999_999 } else { 99_999_999 };
    // If Stripe counts a whole unit of a currency in hundredths, the last two digits are 0.
    let whole = digits - digits % 100;
    [digits, whole]
        .into_iter()
        .find_map(|amount| from_stripe(amount, currency.code()))
        .map_or(digits, |money| money.amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn why(amount: i64, code: &str) -> Option<String> {
        charge(Money::new(amount, code.parse().unwrap())).err()
    }

    #[test]
    fn amount_outside_of_the_limits_is_named() {
        for (amount, code, expected) in [
            (49, "USD", Some("must be at least 0.50 USD")),
            (50, "USD", None),
            (99_999_999, "USD", None),
            (100_000_000, "USD", Some("must be at most 999999.99 USD")),
            (49, "JPY", Some("must be at least 50 JPY")),
            (17_499, "HUF", Some("must be at least 175.00 HUF")),
            (999_999_999_999, "IDR", None),
            (999_999, "ISK", None),
            (1_000_000, "ISK", Some("must be at most 999999 ISK")),
            (0, "ISK", Some("must be at least 1 ISK")),
            (9_999_999_900, "MGA", None),
            (50, "MGA", Some("must be a multiple of 1.00 MGA")),
            (1235, "KWD", Some("must be a multiple of 0.010 KWD")),
            (1230, "KWD", None),
        ] {
            assert_eq!(why(amount, code).as_deref(), expected, "{amount} {code}");
        }
    }

    #[test]
    fn least_amounts_are_of_currencies_there_are() {
        assert!(LEAST.iter().all(|(code, _)| code.parse::<Currency>().is_ok() || *code == "BGN"));
    }

    #[test]
    fn refund_has_no_least_amount() {
        let refund = |amount, code: &str| refund(Money::new(amount, code.parse().unwrap()));
        assert!(refund(1, "USD").is_ok() && refund(10, "KWD").is_ok() && refund(5, "KWD").is_err());
    }
}
