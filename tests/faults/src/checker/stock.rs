//! Equations 1 to 3: the stock of every SKU.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{Sku, reservation::ReservationStatus as Status};

use super::{Findings, case::Case};
use crate::stores::Reservation;

/// Checks equation 1: `0 ≤ reserved ≤ on_hand`.
pub(super) fn is_within_bounds(case: &Case<'_>, found: &mut Findings) {
    for (sku, product) in &case.snapshot.products {
        let holds = 0 <= product.reserved && product.reserved <= product.on_hand;
        found.unless(holds, 1, sku, || {
            format!("{} are reserved of {} on hand", product.reserved, product.on_hand)
        });
    }
}

/// Sums the reservations that `of` picks, by SKU.
fn sum(case: &Case<'_>, of: impl Fn(&Reservation, &Sku, i64) -> i64) -> BTreeMap<Sku, i128> {
    let mut sums = BTreeMap::new();
    for reservation in case.snapshot.reservations.values() {
        for line in &reservation.lines {
            let pieces = of(reservation, &line.sku, line.quantity);
            *sums.entry(line.sku.clone()).or_insert(0) += i128::from(pieces);
        }
    }
    sums
}

/// Checks equation 2: `reserved` is the sum of the holds, and each hold is in the due set with its
/// deadline.
pub(super) fn is_held(case: &Case<'_>, found: &mut Findings) {
    let held =
        sum(case, |reservation, _, quantity| if reservation.status == Status::Held { quantity } else { 0 });
    let skus: BTreeSet<&Sku> = held.keys().chain(case.snapshot.products.keys()).collect();
    for sku in skus {
        let held = held.get(sku).copied().unwrap_or(0);
        let reserved = case.snapshot.products.get(sku).map_or(0, |product| i128::from(product.reserved));
        found.unless(held == reserved, 2, sku, || {
            format!("{reserved} are reserved, and reservations hold {held}")
        });
    }
    for (id, reservation) in &case.snapshot.reservations {
        let due = case.snapshot.due.get(&id.to_string()).copied();
        let expected = reservation.expires_at.filter(|_| reservation.status == Status::Held);
        found.unless(due == expected, 2, id, || {
            format!("it is {:?} until {expected:?}, and due at {due:?}", reservation.status)
        });
    }
    for id in case.snapshot.due.keys() {
        let known = id.parse().is_ok_and(|id| case.snapshot.reservations.contains_key(&id));
        found.unless(known, 2, id, || "it is due, and there is no such reservation".to_owned());
    }
}

/// Checks equation 3: `on_hand` is received minus sold. No unit is restocked that was not sold.
pub(super) fn adds_up(case: &Case<'_>, found: &mut Findings) {
    let sold = sum(case, |reservation, sku, quantity| match reservation.status {
        Status::Confirmed | Status::Returned => quantity.saturating_sub(reservation.back(sku)),
        Status::Held | Status::Released | Status::Expired => 0,
    });
    let skus: BTreeSet<&Sku> = sold.keys().chain(case.snapshot.products.keys()).collect();
    for sku in skus {
        let sold = sold.get(sku).copied().unwrap_or(0);
        let (on_hand, received) = case
            .snapshot
            .products
            .get(sku)
            .map_or((0, 0), |product| (i128::from(product.on_hand), i128::from(product.received)));
        found.unless(on_hand == received - sold, 3, sku, || {
            format!("{on_hand} are on hand, {received} were received and {sold} are sold")
        });
    }
    for (id, reservation) in &case.snapshot.reservations {
        let is_sold = matches!(reservation.status, Status::Confirmed | Status::Returned);
        for (sku, back) in &reservation.returned {
            let most = if is_sold { reservation.quantity(sku) } else { 0 };
            found.unless((0..=most).contains(back), 3, id, || {
                format!("{back} of {sku} came back of {most} sold")
            });
        }
        let whole = reservation
            .lines
            .iter()
            .all(|line| reservation.back(&line.sku) == reservation.quantity(&line.sku));
        found.unless(whole || reservation.status != Status::Returned, 3, id, || {
            "it is returned, and not all of it came back".to_owned()
        });
        for line in &reservation.lines {
            found.unless(line.quantity > 0, 3, id, || format!("it has {} of {}", line.quantity, line.sku));
        }
    }
}
