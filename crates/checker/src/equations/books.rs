//! Equation 5 in the sandbox gateway's own records. They agree with the ledger when the shop is
//! quiet, and are never behind it.

use std::collections::BTreeMap;

use estore_contract::{
    Currency, OrderId,
    payment::TransactionType::{Authorization, Capture, Refund, Void},
};

use super::{Findings, case::Case};
use crate::stores::{Order, OrderState, Payment, PaymentState as State, RefundState};

/// Checks equation 5 in the gateway's records.
pub(super) fn agree_with_the_ledger(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    let (order, payment) = (case.order(id), case.snapshot.payments.get(&id));
    if let Some(payment) = payment {
        is_sound(case, id, payment, found);
        match order {
            Some(order) => is_of_its_order(case, id, order, payment, found),
            None => found.add(5, &id, "the gateway has a payment of an order that is not there"),
        }
    }
    // An earlier version may have brought a free order to the gateway. No money moves there.
    if let Some(order) = order.filter(|order| !order.is_free()) {
        if case.rests(id) && order.state == OrderState::Cancelled {
            // The void must be there even if there was nothing to void: it rejects a late
            // authorization.
            let state = payment.map(|payment| payment.state);
            let fenced = state == Some(State::Voided) || case.was_captured_and_refunded(id, order);
            found.unless(fenced, 5, &id, || format!("it is cancelled, and the gateway says {state:?}"));
        }
        states_agree(case, id, payment, found);
        refunds_agree(case, id, order, payment, found);
    }
    let expected = payment.is_some_and(|payment| payment.amount.is_some());
    found.unless(expected == case.snapshot.booked.contains(&id.to_string()), 5, &id, || {
        "the gateway's list and its payments disagree".to_owned()
    });
}

/// Checks the payment by itself: the way to its state, and the money refunded.
fn is_sound(case: &Case<'_>, id: OrderId, payment: &Payment, found: &mut Findings) {
    let set_aside =
        matches!(payment.state, State::Authorized | State::Captured) || payment.was_authorized == Some(true);
    for (state, times) in &payment.times {
        let expected = match state {
            State::Created => payment.amount.is_some(),
            State::Authorized => set_aside,
            State::Declined => payment.declined,
            State::Captured => payment.state == State::Captured,
            State::Voided => payment.state == State::Voided,
        };
        found.unless(*times == i64::from(expected), 5, &id, || {
            format!("the gateway says {:?}, and counts {times} times {state:?}", payment.state)
        });
    }
    let holds = payment.was_authorized.is_some() == (payment.state == State::Voided);
    found.unless(holds, 5, &id, || {
        format!("the gateway says {:?}, and of its void {:?}", payment.state, payment.was_authorized)
    });
    let holds = !payment.declined || matches!(payment.state, State::Declined | State::Voided);
    found.unless(holds, 5, &id, || format!("the gateway declined it, and says {:?}", payment.state));
    let back: i128 = payment.refunds.values().copied().map(i128::from).sum();
    let most = match payment.amount {
        Some((amount, _)) if payment.state == State::Captured => i128::from(amount),
        _ => 0,
    };
    let holds = back == i128::from(payment.refunded) && back <= most;
    found.unless(holds, 5, &id, || {
        format!("the gateway sent {back} back, counts {} and took {most}", payment.refunded)
    });
    for (n, amount) in &payment.refunds {
        let known = *n == 0
            || case.snapshot.refunds.contains_key(&(id, *n))
            || case.order(id).is_some_and(Order::is_lost);
        found.unless(known && *amount >= 0, 5, &format!("{id}/{n}"), || {
            format!("the gateway refunded {amount}, and there is no such refund")
        });
    }
}

fn is_of_its_order(case: &Case<'_>, id: OrderId, order: &Order, payment: &Payment, found: &mut Findings) {
    if payment.state == State::Captured && !order.is_free() {
        // A capture before `confirming` charges a customer for stock that is not theirs yet.
        let may = matches!(
            order.state,
            OrderState::Confirming
                | OrderState::Confirmed
                | OrderState::Completed
                | OrderState::Cancelling
                | OrderState::Cancelled
        );
        found.unless(may, 5, &id, || format!("the gateway captured it, and it is {:?}", order.state));
    }
    // Payment creates the payment for the held stock before the order notes the price. No money
    // moves yet.
    let unnoted = order.price.is_none()
        && matches!(payment.state, State::Created | State::Voided)
        && payment.was_authorized != Some(true);
    let total = match &order.price {
        Some(price) => Some((price.amount, price.currency)),
        None if unnoted => held(case, id).or(payment.amount),
        None => None,
    };
    found.unless(payment.amount.is_none() || payment.amount == total, 5, &id, || {
        format!("the gateway has {:?}, and its total is {total:?}", payment.amount)
    });
    // A tombstone has no user.
    let user = payment.amount.map(|_| order.user);
    found.unless(payment.user == user, 5, &id, || {
        format!("the gateway has it of {:?}, and its user is {}", payment.user, order.user)
    });
}

/// Returns the price of a reservation.
fn held(case: &Case<'_>, id: OrderId) -> Option<(i64, Currency)> {
    let lines = &case.snapshot.reservations.get(&id)?.lines;
    let first = lines.first()?;
    let of_one = lines.iter().filter(|line| line.currency == first.currency);
    Some((of_one.map(|line| line.quantity.saturating_mul(line.amount)).sum(), first.currency))
}

/// Checks that the gateway did all that the ledger has, and nothing else when quiet.
fn states_agree(case: &Case<'_>, id: OrderId, payment: Option<&Payment>, found: &mut Findings) {
    let did = |kind| {
        payment.is_some_and(|payment| match kind {
            Authorization => {
                payment.was_authorized == Some(true)
                    || matches!(payment.state, State::Authorized | State::Captured)
            }
            Capture => payment.state == State::Captured,
            Void => payment.was_authorized == Some(true),
            Refund => !payment.refunds.is_empty(),
        })
    };
    for kind in [Authorization, Capture, Void] {
        let booked = case.count(id, kind) > 0;
        let holds = if case.rests(id) { booked == did(kind) } else { !booked || did(kind) };
        found.unless(holds, 5, &id, || {
            let state = payment.map(|payment| payment.state);
            format!("{kind:?} in the ledger: {booked}; the gateway says {state:?}")
        });
    }
    if case.rests(id) && payment.is_some_and(|payment| payment.state == State::Authorized) {
        found.add(5, &id, "the gateway has money set aside for it");
    }
}

/// Checks that the gateway has each paid refund with its amount. Until the shop is quiet, it may
/// also have one that is not settled.
fn refunds_agree(
    case: &Case<'_>,
    id: OrderId,
    order: &Order,
    payment: Option<&Payment>,
    found: &mut Findings,
) {
    let none = BTreeMap::new();
    let booked = payment.map_or(&none, |payment| &payment.refunds);
    for (n, refund) in case.refunds(id) {
        let there = booked.get(&n).copied();
        let holds = match refund.state {
            // Payment sends no refund of 0 to the gateway. An earlier version may have.
            _ if refund.amount == 0 => there.is_none_or(|amount| amount == 0),
            RefundState::Paid | RefundState::Done => there == Some(refund.amount),
            RefundState::Requested => there.is_none_or(|amount| amount == refund.amount),
            RefundState::Failed => there.is_none(),
        };
        found.unless(holds, 5, &format!("{id}/{n}"), || {
            format!("it is {:?} with {}, and the gateway refunded {there:?}", refund.state, refund.amount)
        });
    }
    let whole = case.was_captured_and_refunded(id, order);
    // Refund 0 returned what refunds before a restore had left.
    if whole {
        let entries = case.entries(id).iter().filter(|entry| entry.kind == Refund);
        let entries: BTreeMap<i64, i64> =
            entries.filter_map(|entry| Some((entry.n?, entry.amount))).collect();
        found.unless(entries == *booked, 5, &id, || {
            format!("the ledger has the refunds {entries:?}, and the gateway {booked:?}")
        });
        return;
    }
    let amount = order.price.as_ref().map(|price| price.amount);
    let holds = match booked.get(&0) {
        Some(_) if case.rests(id) => false,
        // The order is being cancelled.
        Some(back) => order.state == OrderState::Cancelling && Some(*back) <= amount,
        None => true,
    };
    found.unless(holds, 5, &format!("{id}/0"), || {
        format!("it is {:?}, and the gateway refunded {:?} of {amount:?}", order.state, booked.get(&0))
    });
}
