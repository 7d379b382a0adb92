//! Converts amounts: Stripe counts a few currencies in other units than ISO 4217 does
//! (docs.stripe.com/currencies#zero-decimal).

use estore_contract::{Currency, Money};

/// The ratio between Stripe's units and ours.
enum Scale {
    Same,
    /// A hundred of Stripe's units are one of ours: Stripe still counts cents that the currency no
    /// longer has.
    Finer,
    /// One of Stripe's units is a hundred of ours: Stripe counts no cents.
    Coarser,
}

fn scale(code: &str) -> Scale {
    match code {
        "ISK" | "UGX" => Scale::Finer,
        "MGA" => Scale::Coarser,
        _ => Scale::Same,
    }
}

/// Returns the number of our units that every amount is a multiple of. In a currency with three
/// decimals, the last one is always 0 at Stripe.
pub(super) fn step(currency: Currency) -> i64 {
    match (scale(currency.code()), currency.digits()) {
        (Scale::Coarser, _) => 100,
        (_, 3) => 10,
        _ => 1,
    }
}

/// Returns the number to send; `None` if Stripe has no number for it.
pub(super) fn to_stripe(money: Money) -> Option<i64> {
    if money.amount % step(money.currency) != 0 {
        return None;
    }
    match scale(money.currency.code()) {
        Scale::Same => Some(money.amount),
        Scale::Finer => money.amount.checked_mul(100),
        Scale::Coarser => Some(money.amount / 100),
    }
}

/// Returns the money that Stripe's number means; `None` if we have no such amount.
pub(super) fn from_stripe(amount: i64, currency: &str) -> Option<Money> {
    let code = currency.to_ascii_uppercase();
    let amount = match scale(&code) {
        Scale::Same => amount,
        Scale::Finer => (amount % 100 == 0).then_some(amount / 100)?,
        Scale::Coarser => amount.checked_mul(100)?,
    };
    Some(Money::new(amount, code.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;

    fn money(amount: i64, code: &str) -> Money {
        Money::new(amount, code.parse().unwrap())
    }

    #[test]
    fn price_is_converted_to_stripes_units() {
        for (amount, code, sent) in [
            (1999, "USD", Some(1999)),
            (500, "JPY", Some(500)),
            (12_340, "KWD", Some(12_340)),
            (12_345, "KWD", None),
            (5, "ISK", Some(500)),
            (5, "UGX", Some(500)),
            (500, "MGA", Some(5)),
            (550, "MGA", None),
        ] {
            assert_eq!(to_stripe(money(amount, code)), sent, "{amount} {code}");
        }
    }

    proptest! {
        #[test]
        fn sent_amount_is_read_back(
            amount in 0..=Money::MAX,
            code in select(vec!["USD", "JPY", "ISK", "UGX", "MGA", "BHD"]),
        ) {
            let money = money(amount, code);
            if let Some(sent) = to_stripe(money) {
                prop_assert_eq!(from_stripe(sent, &code.to_ascii_lowercase()), Some(money));
            }
        }
    }
}
