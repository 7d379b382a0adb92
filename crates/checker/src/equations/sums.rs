//! Equation 6: the sums of money agree, and refunds never exceed captures.

use std::collections::BTreeMap;

use estore_contract::{
    Currency, OrderId,
    payment::TransactionType::{Capture, Refund},
};

use super::{Findings, case::Case};
use crate::stores::{Entry, Order, OrderState, RefundState};

/// The sums of money in each currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MoneySums(BTreeMap<Currency, [i128; 2]>);

impl MoneySums {
    /// Adds an entry of the ledger.
    pub fn add_entry(&mut self, entry: &Entry) {
        let [booked, _] = self.0.entry(entry.currency).or_default();
        match entry.kind {
            Capture => *booked += i128::from(entry.amount),
            Refund => *booked -= i128::from(entry.amount),
            _ => {}
        }
    }

    /// Adds an order: one that is completed earned its total less what was refunded.
    pub fn add_order(&mut self, order: &Order) {
        if let Some(price) = order.price.as_ref().filter(|_| order.state == OrderState::Completed) {
            let [_, earned] = self.0.entry(price.currency).or_default();
            *earned += i128::from(price.amount) - i128::from(order.refunded);
        }
    }

    /// Adds the sums of other orders.
    pub fn merge(&mut self, other: &Self) {
        for (currency, [booked, earned]) in &other.0 {
            let [sum, other] = self.0.entry(*currency).or_default();
            *sum += booked;
            *other += earned;
        }
    }

    /// Returns the currencies whose two sums differ, with the difference.
    #[must_use]
    pub fn differences(&self) -> BTreeMap<Currency, i128> {
        let each = self.0.iter().map(|(currency, [booked, earned])| (*currency, booked - earned));
        each.filter(|(_, difference)| *difference != 0).collect()
    }

    /// Checks equation 6: Σ captures − Σ refunds = Σ totals of completed orders − Σ refunded, in
    /// each currency. The call that moves the order writes the entries, so it holds at every
    /// moment.
    pub fn compare(&self, found: &mut Findings) {
        for (currency, [booked, earned]) in &self.0 {
            found.unless(booked == earned, 6, currency, || {
                format!(
                    "captures less refunds are {booked}, and completed orders less what was refunded {earned}"
                )
            });
        }
    }
}

/// Checks equation 6 for the sums of all orders.
pub(super) fn balance(case: &Case<'_>, found: &mut Findings) {
    let mut sums = MoneySums::default();
    case.snapshot.ledger.iter().for_each(|entry| sums.add_entry(entry));
    case.snapshot.orders.values().for_each(|order| sums.add_order(order));
    sums.compare(found);
}

/// Checks equation 6 for an order: its total is the sum of quantity × unit price, and `refunded` is
/// the sum of the paid refunds.
pub(super) fn are_of_lines(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    let Some(order) = case.order(id) else { return };
    if let Some(price) = &order.price {
        let mut total = 0;
        for line in &price.lines {
            let sum = i128::from(line.quantity) * i128::from(line.unit_price.amount);
            total += sum;
            let holds = sum == i128::from(line.line_total.amount)
                && line.quantity > 0
                && line.unit_price.currency == price.currency
                && line.line_total.currency == price.currency;
            found.unless(holds, 6, &id, || {
                format!("{} × {:?} of {} is {:?}", line.quantity, line.unit_price, line.sku, line.line_total)
            });
        }
        found.unless(total == i128::from(price.amount), 6, &id, || {
            format!("its lines are {total}, and its total {}", price.amount)
        });
    } else {
        found.unless(order.state != OrderState::Completed, 6, &id, || {
            "it is completed without a price".to_owned()
        });
    }
    refunded(case, id, order, found);
}

fn refunded(case: &Case<'_>, id: OrderId, order: &Order, found: &mut Findings) {
    let paid: i128 = case
        .refunds(id)
        .filter(|(_, refund)| refund.state.is_paid())
        .map(|(_, refund)| i128::from(refund.amount))
        .sum();
    // An undone order may count its refund 0 or not: it earned nothing either way.
    let whole = case.was_captured_and_refunded(id, order)
        && order.price.as_ref().is_some_and(|price| price.amount == order.refunded);
    found.unless(paid == i128::from(order.refunded) || whole, 6, &id, || {
        format!("{} are refunded by the order, and {paid} by its refunds", order.refunded)
    });
}

/// Checks the money rule of equation 6: refunds cover only captured money, at the order's prices,
/// and each unit once.
pub(super) fn cap_the_refunds(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    let refunds: Vec<_> = case.refunds(id).collect();
    if refunds.is_empty() {
        return;
    }
    let order = case.order(id);
    let completed = order.is_some_and(|order| order.state == OrderState::Completed);
    found.unless(completed, 6, &id, || "it has refunds, and is not completed".to_owned());
    let Some(price) = order.and_then(|order| order.price.as_ref()) else { return };
    let line = |sku: &str| price.lines.iter().find(|line| line.sku.as_str() == sku);
    let (mut sum, mut units) = (0_i128, BTreeMap::<&str, i128>::new());
    for (n, refund) in refunds {
        let cost = refund.lines.iter().map(|(sku, quantity)| {
            let each = line(sku.as_str()).map_or(0, |line| line.unit_price.amount);
            i128::from(each) * i128::from(*quantity)
        });
        let cost: i128 = cost.sum();
        let holds = (cost == i128::from(refund.amount) || refund.is_found())
            && refund.currency == price.currency
            && refund.lines.iter().all(|(_, quantity)| *quantity > 0);
        found.unless(holds, 6, &format!("{id}/{n}"), || {
            format!("{:?} cost {cost}, and {} {} go back", refund.lines, refund.amount, refund.currency)
        });
        if refund.state != RefundState::Failed {
            sum += i128::from(refund.amount);
            for (sku, quantity) in &refund.lines {
                *units.entry(sku.as_str()).or_default() += i128::from(*quantity);
            }
        }
    }
    let paid = if case.count(id, Capture) == 1 { i128::from(price.amount) } else { 0 };
    found.unless(sum <= paid, 6, &id, || format!("{paid} were captured, and {sum} go back"));
    for (sku, back) in units {
        let bought = line(sku).map_or(0, |line| i128::from(line.quantity));
        found.unless(back <= bought, 6, &id, || {
            format!("{bought} of {sku} were bought, and {back} are refunded")
        });
    }
}
