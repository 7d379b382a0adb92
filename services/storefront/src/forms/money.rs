//! An amount of money, as a hidden field carries it: `1490 USD`.

use estore_contract::Money;

/// Writes an amount.
pub(crate) fn to_text(money: Money) -> String {
    format!("{} {}", money.amount, money.currency)
}

/// Reads an amount. Returns `None` if it cannot be a price or a total.
pub(crate) fn parse(text: &str) -> Option<Money> {
    let (amount, currency) = text.split_once(' ')?;
    let amount = amount.parse().ok().filter(|amount| (0..=Money::MAX).contains(amount))?;
    Some(Money::new(amount, currency.parse().ok()?))
}
