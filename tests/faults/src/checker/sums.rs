//! Equation 6: the sums of money agree, and refunds never exceed captures.

use std::collections::BTreeMap;

use estore_contract::{
    Currency, OrderId,
    payment::TransactionType::{Capture, Refund},
};

use super::{Findings, case::Case};
use crate::stores::{Order, OrderState, RefundState};

/// Checks equation 6: Σ captures − Σ refunds = Σ totals of completed orders − Σ refunded, in each
/// currency. The call that moves the order writes the entries, so it holds at every moment.
pub(super) fn balance(case: &Case<'_>, found: &mut Findings) {
    let mut kept = BTreeMap::<Currency, [i128; 2]>::new();
    for entry in &case.snapshot.ledger {
        let [booked, _] = kept.entry(entry.currency).or_default();
        match entry.kind {
            Capture => *booked += i128::from(entry.amount),
            Refund => *booked -= i128::from(entry.amount),
            _ => {}
        }
    }
    for order in case.snapshot.orders.values().filter(|order| order.state == OrderState::Completed) {
        if let Some(price) = &order.price {
            let [_, earned] = kept.entry(price.currency).or_default();
            *earned += i128::from(price.amount) - i128::from(order.refunded);
        }
    }
    for (currency, [booked, earned]) in kept {
        found.unless(booked == earned, 6, &currency, || {
            format!(
                "captures less refunds are {booked}, and completed orders less what was refunded {earned}"
            )
        });
    }
}

/// Checks equation 6: a total is the sum of quantity × unit price, and `refunded` is the sum of the
/// paid refunds.
pub(super) fn are_of_lines(case: &Case<'_>, found: &mut Findings) {
    for (id, order) in &case.snapshot.orders {
        if let Some(price) = &order.price {
            let mut total = 0;
            for line in &price.lines {
                let sum = i128::from(line.quantity) * i128::from(line.unit_price.amount);
                total += sum;
                let holds = sum == i128::from(line.line_total.amount)
                    && line.quantity > 0
                    && line.unit_price.currency == price.currency
                    && line.line_total.currency == price.currency;
                found.unless(holds, 6, id, || {
                    format!(
                        "{} × {:?} of {} is {:?}",
                        line.quantity, line.unit_price, line.sku, line.line_total
                    )
                });
            }
            found.unless(total == i128::from(price.amount), 6, id, || {
                format!("its lines are {total}, and its total {}", price.amount)
            });
        } else {
            found.unless(order.state != OrderState::Completed, 6, id, || {
                "it is completed without a price".to_owned()
            });
        }
        refunded(case, *id, order, found);
    }
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
pub(super) fn cap_the_refunds(case: &Case<'_>, found: &mut Findings) {
    let mut by_order = BTreeMap::<OrderId, Vec<_>>::new();
    for ((id, n), refund) in &case.snapshot.refunds {
        by_order.entry(*id).or_default().push((*n, refund));
    }
    for (id, refunds) in by_order {
        let order = case.snapshot.orders.get(&id);
        let completed = order.is_some_and(|order| order.state == OrderState::Completed);
        found.unless(completed, 6, &id, || "it has refunds, and is not completed".to_owned());
        let Some(price) = order.and_then(|order| order.price.as_ref()) else { continue };
        let line = |sku: &str| price.lines.iter().find(|line| line.sku.as_str() == sku);
        let (mut sum, mut pieces) = (0_i128, BTreeMap::<&str, i128>::new());
        for (n, refund) in refunds {
            let cost = refund.lines.iter().map(|(sku, quantity)| {
                let each = line(sku.as_str()).map_or(0, |line| line.unit_price.amount);
                i128::from(each) * i128::from(*quantity)
            });
            let cost: i128 = cost.sum();
            let holds = cost == i128::from(refund.amount)
                && refund.currency == price.currency
                && refund.lines.iter().all(|(_, quantity)| *quantity > 0);
            found.unless(holds, 6, &format!("{id}/{n}"), || {
                format!("{:?} cost {cost}, and {} {} go back", refund.lines, refund.amount, refund.currency)
            });
            if refund.state != RefundState::Failed {
                sum += i128::from(refund.amount);
                for (sku, quantity) in &refund.lines {
                    *pieces.entry(sku.as_str()).or_default() += i128::from(*quantity);
                }
            }
        }
        let paid = if case.count(id, Capture) == 1 { i128::from(price.amount) } else { 0 };
        found.unless(sum <= paid, 6, &id, || format!("{paid} were captured, and {sum} go back"));
        for (sku, back) in pieces {
            let bought = line(sku).map_or(0, |line| i128::from(line.quantity));
            found.unless(back <= bought, 6, &id, || {
                format!("{bought} of {sku} were bought, and {back} are refunded")
            });
        }
    }
}
