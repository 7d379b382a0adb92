//! Equation 4: completed orders equal sold stock, line for line.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{Currency, OrderId, Sku, reservation::ReservationStatus as Status};

use super::{Findings, case::Case, units};
use crate::stores::{Order, OrderState, RefundState, Reservation};

/// Checks equation 4 both ways. Until the order rests, the stock is sold before the order is
/// completed, and restocked before the order is cancelled.
pub(super) fn are_orders(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    let (order, reservation) = (case.order(id), case.snapshot.reservations.get(&id));
    if order.is_some_and(|order| order.state == OrderState::Completed) {
        let status = reservation.map(|reservation| reservation.status);
        found.unless(status == Some(Status::Confirmed), 4, &id, || {
            format!("it is completed, and its reservation is {status:?}")
        });
    }
    let Some(reservation) = reservation else { return };
    if reservation.status == Status::Confirmed && case.is_restocked_later(id) {
        return;
    }
    if let Some(order) = order {
        has_the_same_lines(id, order, reservation, found);
    }
    let state = order.map(|order| order.state);
    let holds = match reservation.status {
        Status::Confirmed if case.rests(id) => state == Some(OrderState::Completed),
        Status::Confirmed => matches!(
            state,
            Some(
                OrderState::Confirming
                    | OrderState::Confirmed
                    | OrderState::Completed
                    | OrderState::Cancelling
            )
        ),
        // If there is no order, the reconciler restocked the units.
        Status::Returned if case.rests(id) => matches!(state, None | Some(OrderState::Cancelled)),
        Status::Returned => matches!(state, None | Some(OrderState::Cancelling | OrderState::Cancelled)),
        Status::Held | Status::Released | Status::Expired => true,
    };
    found.unless(holds, 4, &id, || {
        format!("its reservation is {:?}, and the order is {state:?}", reservation.status)
    });
    if reservation.status == Status::Confirmed {
        is_back_by_refunds(case, id, reservation, found);
    }
}

/// SKU, name, quantity and unit price.
type Shown<'a> = (&'a Sku, &'a str, i64, i64, Currency);

/// Checks that the requested, the priced and the held lines agree.
fn has_the_same_lines(id: OrderId, order: &Order, reservation: &Reservation, found: &mut Findings) {
    if order.is_lost() || (reservation.lines.is_empty() && order.price.is_none()) {
        return;
    }
    let asked = units::of(&order.asked);
    let held = units::sum(reservation.lines.iter().map(|line| (&line.sku, line.quantity)));
    found.unless(asked == held, 4, &id, || format!("{asked:?} were asked for, and {held:?} held"));
    let Some(price) = &order.price else { return };
    let priced: BTreeSet<Shown<'_>> = price
        .lines
        .iter()
        .map(|line| {
            (&line.sku, line.name.as_str(), line.quantity, line.unit_price.amount, line.unit_price.currency)
        })
        .collect();
    let held: BTreeSet<Shown<'_>> = reservation
        .lines
        .iter()
        .map(|line| (&line.sku, line.name.as_str(), line.quantity, line.amount, line.currency))
        .collect();
    found.unless(priced == held && price.lines.len() == reservation.lines.len(), 4, &id, || {
        format!("its lines are {priced:?}, and {held:?} were held")
    });
}

/// Checks that the restocked units of a sale are those of its refunds, each once. A refund that was
/// found after a restore does not say what it restocked.
fn is_back_by_refunds(case: &Case<'_>, id: OrderId, reservation: &Reservation, found: &mut Findings) {
    let silent: BTreeSet<i64> =
        case.refunds(id).filter(|(_, refund)| refund.is_found()).map(|(n, _)| n).collect();
    let restocked: BTreeMap<i64, _> =
        case.refunds(id).filter(|(_, refund)| refund.restock && refund.state.is_paid()).collect();
    let done: BTreeSet<i64> =
        restocked.iter().filter(|(_, refund)| refund.state == RefundState::Done).map(|(n, _)| *n).collect();
    // Return 0 undoes a whole sale in one call, so no refund has the number 0.
    let returns: BTreeSet<i64> = reservation.returns.difference(&silent).copied().collect();
    let holds = done.is_subset(&returns)
        && returns.iter().all(|n| restocked.contains_key(n))
        && (!case.rests(id) || done == returns);
    found.unless(holds, 4, &id, || {
        format!("returns {:?} were applied, and refunds {done:?} put stock back", reservation.returns)
    });
    let lines = restocked.iter().filter(|(n, _)| reservation.returns.contains(n));
    let expected = lines.flat_map(|(_, refund)| &refund.lines).map(|(sku, units)| (sku, *units));
    let expected = units::sum(expected);
    let back = units::sum(reservation.returned.iter().map(|(sku, units)| (sku, *units)));
    let holds = if reservation.returns.is_disjoint(&silent) {
        back == expected
    } else {
        expected.iter().all(|(sku, units)| back.get(sku) >= Some(units))
    };
    found.unless(holds, 4, &id, || format!("{back:?} came back, and {expected:?} were refunded"));
}
