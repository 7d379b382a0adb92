//! A refund, as the service works on it.

use std::collections::BTreeMap;

use estore_contract::{
    FieldError, Money, OrderId, Sku,
    payment::{self, RefundRequest, RefundStatus},
};
use time::OffsetDateTime;

use super::{Fingerprint, Order};

/// The stage of a refund (order-flow section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundStage {
    /// The refund exists.
    Requested,
    /// The money is on its way back; the stock may not be restocked yet.
    Paid,
    /// Final.
    Done,
    /// The gateway refused. Final.
    Failed,
}

impl RefundStage {
    const ALL: [Self; 4] = [Self::Requested, Self::Paid, Self::Done, Self::Failed];

    /// Returns the name in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Paid => "paid",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Returns the stage with that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == name)
    }

    /// Returns true if nothing follows.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}

/// A refund as the store has it.
#[derive(Debug, Clone)]
pub struct Refund {
    /// The number within its order, from 1.
    pub n: u32,
    /// The refund's stage.
    pub stage: RefundStage,
    /// Grows by one with every transition.
    pub version: u64,
    /// The number of attempts in this stage.
    pub attempts: u32,
    /// The idempotency key that made it.
    pub key: String,
    /// The fingerprint of the request that made it.
    pub fingerprint: Fingerprint,
    /// Units by SKU.
    pub lines: BTreeMap<Sku, u32>,
    /// The amount to refund.
    pub amount: Money,
    /// True if the stock is restocked too.
    pub restock: bool,
    /// The reason, in the admin's words.
    pub reason: Option<String>,
    /// The gateway's code, if it failed.
    pub failure: Option<String>,
    /// The W3C `traceparent` of the request that made the refund, if known.
    pub trace_context: Option<String>,
    /// The time of creation.
    pub created_at: OffsetDateTime,
    /// The time of the last change.
    pub updated_at: OffsetDateTime,
}

impl Refund {
    /// Returns the refund as admins and the order's owner see it.
    #[must_use]
    pub fn view(&self, order: OrderId) -> payment::Refund {
        payment::Refund {
            order_id: order,
            number: self.n,
            status: match self.stage {
                RefundStage::Requested | RefundStage::Paid => RefundStatus::Pending,
                RefundStage::Done => RefundStatus::Completed,
                RefundStage::Failed => RefundStatus::Failed,
            },
            amount: self.amount,
            items: self
                .lines
                .iter()
                .map(|(sku, quantity)| payment::RefundLine { sku: sku.clone(), quantity: *quantity })
                .collect(),
            restock: self.restock,
            reason: self.reason.clone(),
            failure: self.failure.clone(),
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

/// Returns the lines and the amount that `request` refunds of `order`, given its earlier refunds
/// `before`. The result never exceeds what was bought and not refunded yet.
pub fn refundable(
    order: &Order,
    before: &[Refund],
    request: &RefundRequest,
) -> Result<(BTreeMap<Sku, u32>, Money), Vec<FieldError>> {
    let Some((lines, total)) = &order.priced else { return Err(vec![none_left("items")]) };
    let mut left: BTreeMap<&Sku, (u32, Money)> =
        lines.iter().map(|line| (&line.sku, (line.quantity, line.unit_price))).collect();
    for refund in before.iter().filter(|refund| refund.stage != RefundStage::Failed) {
        for (sku, quantity) in &refund.lines {
            if let Some((units, _)) = left.get_mut(sku) {
                *units = units.saturating_sub(*quantity);
            }
        }
    }
    let mut asked: BTreeMap<Sku, u32> = BTreeMap::new();
    let mut wrong = Vec::new();
    match &request.items {
        None => asked = left.iter().map(|(sku, (units, _))| ((*sku).clone(), *units)).collect(),
        Some(items) => {
            for (at, item) in items.iter().enumerate() {
                let sum = asked.entry(item.sku.clone()).or_default();
                *sum = sum.saturating_add(item.quantity.get());
                let units = left.get(&item.sku).map_or(0, |(units, _)| *units);
                if *sum > units {
                    wrong.push(FieldError::new(
                        format!("items[{at}].quantity"),
                        format!("{units} of {} are left to refund", item.sku),
                    ));
                }
            }
        }
    }
    asked.retain(|_, units| *units > 0);
    if wrong.is_empty() && asked.is_empty() {
        wrong.push(none_left("items"));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let amount = asked.iter().try_fold(Money::new(0, total.currency), |sum, (sku, units)| {
        let (_, price) = left.get(sku)?;
        sum.plus(price.times(*units)?)
    });
    Ok((asked, amount.ok_or_else(|| vec![none_left("items")])?))
}

fn none_left(field: &str) -> FieldError {
    FieldError::new(field, "nothing is left to refund")
}

#[cfg(test)]
mod tests {
    use estore_contract::{Quantity, payment::OrderItem};
    use proptest::prelude::*;

    use super::*;
    use crate::domain::{
        PricedLine, State,
        fixtures::{self, usd},
    };

    fn sku(n: usize) -> Sku {
        format!("S{n}").parse().unwrap()
    }

    fn order(lines: &[(u32, i64)]) -> Order {
        let priced: Vec<PricedLine> = lines
            .iter()
            .enumerate()
            .map(|(n, (quantity, price))| PricedLine {
                sku: sku(n),
                name: String::new(),
                quantity: *quantity,
                unit_price: usd(*price),
                line_total: usd(*price).times(*quantity).unwrap(),
            })
            .collect();
        let total = priced.iter().map(|line| line.line_total.amount).sum();
        let order = fixtures::order(State::Completed, OffsetDateTime::UNIX_EPOCH);
        Order { priced: Some((priced, usd(total))), ..order }
    }

    fn refund(n: u32, stage: RefundStage, lines: BTreeMap<Sku, u32>, amount: Money) -> Refund {
        Refund { lines, amount, ..fixtures::refund(n, stage, 0) }
    }

    proptest! {
        /// Refunds that are granted never add up to more than was bought, for any requests in any
        /// order. A request for the rest gets exactly the rest.
        #[test]
        fn refunds_never_exceed_what_was_bought(
            lines in prop::collection::vec((1u32..9, 0i64..900), 1..4),
            asks in prop::collection::vec((prop::collection::vec((0usize..5, 1u32..9), 1..4), any::<bool>()), 0..12),
        ) {
            let order = order(&lines);
            let mut made = Vec::new();
            let granted = |made: &[Refund]| {
                made.iter().filter(|refund| refund.stage != RefundStage::Failed).map(|refund| refund.amount.amount).sum::<i64>()
            };
            for (items, fails) in asks {
                let items = items.into_iter().map(|(n, units)| OrderItem { sku: sku(n), quantity: Quantity::new(units).unwrap() });
                let request = RefundRequest { items: Some(items.collect()), reason: None, restock: false, refunds_seen: None };
                if let Ok((lines, amount)) = refundable(&order, &made, &request) {
                    let stage = if fails { RefundStage::Failed } else { RefundStage::Done };
                    made.push(refund(u32::try_from(made.len()).unwrap() + 1, stage, lines, amount));
                }
            }
            let total = order.priced.as_ref().unwrap().1.amount;
            prop_assert!(granted(&made) <= total);
            let rest = RefundRequest { items: None, reason: None, restock: false, refunds_seen: None };
            if let Ok((lines, amount)) = refundable(&order, &made, &rest) {
                made.push(refund(99, RefundStage::Done, lines, amount));
            }
            prop_assert_eq!(granted(&made), total);
            prop_assert!(refundable(&order, &made, &rest).is_err());
        }
    }
}
