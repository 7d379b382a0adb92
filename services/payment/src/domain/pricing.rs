//! The price of an order.

use estore_contract::{Code, Money, reservation::ReservedLine};

use super::{PricedLine, Refusal};

/// Returns the lines with their totals, and the total. All lines must share one currency, and the
/// total must match `expected` if the client sent it. Otherwise returns the refusal to keep with
/// the order.
pub fn price(lines: Vec<ReservedLine>, expected: Option<Money>) -> Result<(Vec<PricedLine>, Money), Refusal> {
    let mut total: Option<Money> = None;
    let mut priced = Vec::with_capacity(lines.len());
    for line in lines {
        let too_much = || Refusal::new(Code::ValidationError, "The order costs more than can be charged.");
        let line_total = line.unit_price.times(line.quantity).ok_or_else(too_much)?;
        total = Some(match total {
            None => line_total,
            Some(sum) if sum.currency != line_total.currency => {
                return Err(Refusal::new(
                    Code::CurrencyMismatch,
                    "All products of an order must have one currency.",
                ));
            }
            Some(sum) => sum.plus(line_total).ok_or_else(too_much)?,
        });
        priced.push(PricedLine {
            sku: line.sku,
            name: line.name,
            quantity: line.quantity,
            unit_price: line.unit_price,
            line_total,
        });
    }
    let total = total.ok_or_else(|| Refusal::new(Code::ValidationError, "The order has no lines."))?;
    if expected.is_some_and(|expected| expected != total) {
        return Err(Refusal::new(
            Code::PriceChanged,
            "The total differs from expected_total; read the prices again.",
        ));
    }
    Ok((priced, total))
}

/// Checks that a gateway with the rule `charge` can charge the total of `lines`; otherwise returns
/// the refusal to keep. A free order is charged nowhere. Lines without a valid price are refused
/// when stock is held.
pub fn chargeable(lines: Vec<ReservedLine>, charge: fn(Money) -> Result<(), String>) -> Result<(), Refusal> {
    match price(lines, None) {
        Ok((_, total)) if !total.is_zero() => charge(total).map_err(|why| Refusal::unchargeable(&why)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(sku: &str, quantity: u32, amount: i64, currency: &str) -> ReservedLine {
        let unit_price = Money::new(amount, currency.parse().unwrap());
        ReservedLine { sku: sku.parse().unwrap(), name: sku.to_owned(), quantity, unit_price, returned: 0 }
    }

    #[test]
    fn mixed_currencies_and_unexpected_totals_are_refused() {
        let code = |lines, expected| price(lines, expected).unwrap_err().code;
        assert_eq!(code(vec![line("A", 1, 1, "USD"), line("B", 1, 1, "EUR")], None), "currency_mismatch");
        let usd = |amount| Some(Money::new(amount, "USD".parse().unwrap()));
        assert_eq!(code(vec![line("A", 2, 100, "USD")], usd(199)), "price_changed");
        assert!(price(vec![line("A", 2, 100, "USD")], usd(200)).is_ok());
        assert_eq!(code(vec![line("A", 999, Money::MAX, "USD")], None), "validation_error");
    }

    #[test]
    fn free_lines_are_chargeable_by_any_rule() {
        let never = |_| Err("must be more".to_owned());
        let refused = chargeable(vec![line("A", 1, 1, "USD")], never).unwrap_err();
        assert_eq!(refused.code, "amount_not_chargeable");
        assert_eq!(refused.details[0].message, "must be more");
        assert!(chargeable(vec![line("A", 3, 0, "USD")], never).is_ok());
        let mixed = vec![line("A", 1, 1, "USD"), line("B", 1, 1, "EUR")];
        assert!(chargeable(mixed, never).is_ok(), "it has another refusal");
    }

    proptest! {
        #[test]
        fn total_is_the_sum_of_the_lines(amounts in prop::collection::vec((1u32..999, 0i64..1_000_000), 1..20)) {
            let lines = amounts.iter().map(|(quantity, amount)| line("A", *quantity, *amount, "USD")).collect();
            let (priced, total) = price(lines, None).unwrap();
            prop_assert_eq!(total.amount, amounts.iter().map(|(quantity, amount)| i64::from(*quantity) * amount).sum::<i64>());
            prop_assert_eq!(total.amount, priced.iter().map(|line| line.line_total.amount).sum::<i64>());
        }
    }
}
