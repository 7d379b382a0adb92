//! A refund, as the service works on it.

use std::collections::BTreeMap;

use estore_contract::{
    FieldError, Money, OrderId, Sku,
    payment::{self, RefundRequest, RefundStatus},
};
use estore_kit::trace::Cause;
use time::OffsetDateTime;

use super::{Fingerprint, Order};

/// Where a refund stands (order-flow section 4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundStage {
    /// It exists.
    Requested,
    /// The money is on its way back; the stock may not be yet.
    Paid,
    /// Final.
    Done,
    /// The gateway will not. Final.
    Failed,
}

impl RefundStage {
    const ALL: [Self; 4] = [Self::Requested, Self::Paid, Self::Done, Self::Failed];

    /// The name in the store.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Paid => "paid",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// The stage with that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|stage| stage.as_str() == name)
    }

    /// Whether nothing follows.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}

/// A refund as the store has it.
#[derive(Debug, Clone)]
pub struct Refund {
    /// Which of its order's, from 1.
    pub n: u32,
    /// Where it stands.
    pub stage: RefundStage,
    /// Grows by one with every transition.
    pub version: u64,
    /// How often it was tried in this stage.
    pub attempts: u32,
    /// The Idempotency-Key that made it.
    pub key: String,
    /// Of the request that made it.
    pub fingerprint: Fingerprint,
    /// Pieces by SKU.
    pub lines: BTreeMap<Sku, u32>,
    /// How much goes back.
    pub amount: Money,
    /// Whether the stock comes back too.
    pub restock: bool,
    /// Why, in the admin's words.
    pub reason: Option<String>,
    /// The gateway's code, where it failed.
    pub failure: Option<String>,
    /// Which trace asked for it; `None` where none is known.
    pub cause: Option<Cause>,
    /// When it was asked for.
    pub created_at: OffsetDateTime,
    /// When it last changed.
    pub updated_at: OffsetDateTime,
}

impl Refund {
    /// What admins and the order's owner see.
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

/// What `request` gives back of `order`, whose refunds so far are `before`: the lines, and their amount. Never more than was
/// bought and not refunded yet.
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
            if let Some((pieces, _)) = left.get_mut(sku) {
                *pieces = pieces.saturating_sub(*quantity);
            }
        }
    }
    let mut asked: BTreeMap<Sku, u32> = BTreeMap::new();
    let mut wrong = Vec::new();
    match &request.items {
        None => asked = left.iter().map(|(sku, (pieces, _))| ((*sku).clone(), *pieces)).collect(),
        Some(items) => {
            for (at, item) in items.iter().enumerate() {
                let sum = asked.entry(item.sku.clone()).or_default();
                *sum = sum.saturating_add(item.quantity.get());
                let pieces = left.get(&item.sku).map_or(0, |(pieces, _)| *pieces);
                if *sum > pieces {
                    wrong.push(FieldError::new(
                        format!("items[{at}].quantity"),
                        format!("{pieces} of {} are left to refund", item.sku),
                    ));
                }
            }
        }
    }
    asked.retain(|_, pieces| *pieces > 0);
    if wrong.is_empty() && asked.is_empty() {
        wrong.push(none_left("items"));
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let amount = asked.iter().try_fold(Money::new(0, total.currency), |sum, (sku, pieces)| {
        let (_, price) = left.get(sku)?;
        sum.plus(price.times(*pieces)?)
    });
    Ok((asked, amount.ok_or_else(|| vec![none_left("items")])?))
}

fn none_left(field: &str) -> FieldError {
    FieldError::new(field, "nothing is left to refund")
}

#[cfg(test)]
mod tests {
    use estore_contract::{
        PaymentMethodId, Quantity, UserId,
        payment::{OrderItem, OrderRequest},
    };
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;
    use crate::domain::{Fingerprint, PricedLine, State};

    const EPOCH: OffsetDateTime = OffsetDateTime::UNIX_EPOCH;

    fn sku(n: usize) -> Sku {
        format!("S{n}").parse().unwrap()
    }

    fn usd(amount: i64) -> Money {
        Money::new(amount, "USD".parse().unwrap())
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
        let request = OrderRequest {
            items: Vec::new(),
            payment_method_id: PaymentMethodId(Uuid::nil()),
            expected_total: None,
            shipping_address: None,
        };
        Order {
            id: OrderId(Uuid::nil()),
            user: UserId(Uuid::nil()),
            request,
            state: State::Completed,
            version: 1,
            attempts: 0,
            card: (String::new(), String::new()),
            priced: Some((priced, usd(total))),
            deadline: None,
            payment: Some("p".to_owned()),
            has_authorization: true,
            failure: None,
            refunded: 0,
            refund_version: 0,
            cause: None,
            created_at: EPOCH,
            updated_at: EPOCH,
            now: EPOCH,
        }
    }

    fn refund(n: u32, stage: RefundStage, lines: BTreeMap<Sku, u32>, amount: Money) -> Refund {
        Refund {
            n,
            stage,
            version: 1,
            attempts: 0,
            key: n.to_string(),
            fingerprint: Fingerprint(String::new()),
            lines,
            amount,
            restock: false,
            reason: None,
            failure: None,
            cause: None,
            created_at: EPOCH,
            updated_at: EPOCH,
        }
    }

    proptest! {
        /// Whatever is asked in whatever order, what is granted never adds up to more than was bought; asking for the rest
        /// grants exactly the rest.
        #[test]
        fn refunds_never_add_up_to_more_than_was_bought(
            lines in prop::collection::vec((1u32..9, 0i64..900), 1..4),
            asks in prop::collection::vec((prop::collection::vec((0usize..5, 1u32..9), 1..4), any::<bool>()), 0..12),
        ) {
            let order = order(&lines);
            let mut made = Vec::new();
            let granted = |made: &[Refund]| {
                made.iter().filter(|refund| refund.stage != RefundStage::Failed).map(|refund| refund.amount.amount).sum::<i64>()
            };
            for (items, fails) in asks {
                let items = items.into_iter().map(|(n, pieces)| OrderItem { sku: sku(n), quantity: Quantity::new(pieces).unwrap() });
                let request = RefundRequest { items: Some(items.collect()), reason: None, restock: false };
                if let Ok((lines, amount)) = refundable(&order, &made, &request) {
                    let stage = if fails { RefundStage::Failed } else { RefundStage::Done };
                    made.push(refund(u32::try_from(made.len()).unwrap() + 1, stage, lines, amount));
                }
            }
            let total = order.priced.as_ref().unwrap().1.amount;
            prop_assert!(granted(&made) <= total);
            let rest = RefundRequest { items: None, reason: None, restock: false };
            if let Ok((lines, amount)) = refundable(&order, &made, &rest) {
                made.push(refund(99, RefundStage::Done, lines, amount));
            }
            prop_assert_eq!(granted(&made), total);
            prop_assert!(refundable(&order, &made, &rest).is_err());
        }
    }
}
