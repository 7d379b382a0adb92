//! Equations 1 to 3: the stock of every SKU.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{OrderId, Sku, reservation::ReservationStatus as Status};

use super::{Findings, case::Case, case::order_of};
use crate::stores::{Product, Reservation};

/// Checks equation 1 for a product: `0 ≤ reserved ≤ on_hand`.
pub fn is_within_bounds(sku: &Sku, product: &Product, found: &mut Findings) {
    let holds = 0 <= product.reserved && product.reserved <= product.on_hand;
    found.unless(holds, 1, sku, || {
        format!("{} are reserved of {} on hand", product.reserved, product.on_hand)
    });
}

/// The units in all reservations, by SKU.
#[derive(Debug, Clone, Default)]
struct StockSums {
    held: BTreeMap<Sku, i128>,
    sold: BTreeMap<Sku, i128>,
}

impl StockSums {
    /// Adds a reservation.
    fn add(&mut self, reservation: &Reservation) {
        let sums = match reservation.status {
            Status::Held => &mut self.held,
            Status::Confirmed | Status::Returned => &mut self.sold,
            Status::Released | Status::Expired => return,
        };
        for line in &reservation.lines {
            let back = if reservation.status == Status::Held { 0 } else { reservation.back(&line.sku) };
            let units = i128::from(line.quantity.saturating_sub(back));
            match sums.get_mut(&line.sku) {
                Some(sum) => *sum += units,
                None => drop(sums.insert(line.sku.clone(), units)),
            }
        }
    }

    /// Returns the SKUs of all reservations.
    fn skus(&self) -> impl Iterator<Item = &Sku> {
        self.held.keys().chain(self.sold.keys())
    }

    /// Checks equations 2 and 3 for a SKU: `reserved` is the sum of the holds, and `on_hand` is
    /// received minus sold.
    fn compare(&self, sku: &Sku, product: Option<&Product>, found: &mut Findings) {
        let of = |sums: &BTreeMap<Sku, i128>| sums.get(sku).copied().unwrap_or(0);
        let (held, sold) = (of(&self.held), of(&self.sold));
        let [on_hand, reserved, received] = product.map_or([0; 3], Product::counts);
        found.unless(held == reserved, 2, sku, || {
            format!("{reserved} are reserved, and reservations hold {held}")
        });
        found.unless(on_hand == received - sold, 3, sku, || {
            format!("{on_hand} are on hand, {received} were received and {sold} are sold")
        });
    }
}

/// Checks equations 2 and 3 for the sums of all reservations.
pub(super) fn adds_up(case: &Case<'_>, found: &mut Findings) {
    let mut sums = StockSums::default();
    case.snapshot.reservations.values().for_each(|reservation| sums.add(reservation));
    let skus: BTreeSet<&Sku> = sums.skus().chain(case.snapshot.products.keys()).collect();
    for sku in skus {
        sums.compare(sku, case.snapshot.products.get(sku), found);
    }
}

/// Checks equation 2 for an order: its hold is in the due set with its deadline.
pub(super) fn is_due(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    let due = case.snapshot.due.get(&id.to_string()).copied();
    let Some(reservation) = case.snapshot.reservations.get(&id) else {
        found.unless(due.is_none(), 2, &id, || "it is due, and there is no such reservation".to_owned());
        return;
    };
    let expected = reservation.expires_at.filter(|_| reservation.status == Status::Held);
    found.unless(due == expected, 2, &id, || {
        format!("it is {:?} until {expected:?}, and due at {due:?}", reservation.status)
    });
}

/// Checks equation 3 for an order: no unit is restocked that was not sold.
pub(super) fn is_back_at_most_once(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    let Some(reservation) = case.snapshot.reservations.get(&id) else { return };
    let is_sold = matches!(reservation.status, Status::Confirmed | Status::Returned);
    for (sku, back) in &reservation.returned {
        let most = if is_sold { reservation.quantity(sku) } else { 0 };
        found.unless((0..=most).contains(back), 3, &id, || {
            format!("{back} of {sku} came back of {most} sold")
        });
    }
    let mut lines = reservation.lines.iter();
    let whole = lines.all(|line| reservation.back(&line.sku) == reservation.quantity(&line.sku));
    found.unless(whole || reservation.status != Status::Returned, 3, &id, || {
        "it is returned, and not all of it came back".to_owned()
    });
    for line in &reservation.lines {
        found.unless(line.quantity > 0, 3, &id, || format!("it has {} of {}", line.quantity, line.sku));
    }
}

/// Checks equation 2 for members of the due set that name no order.
pub(super) fn due_names_orders(case: &Case<'_>, found: &mut Findings) {
    for id in case.snapshot.due.keys().filter(|id| order_of(id).is_none()) {
        found.add(2, id, "it is due, and there is no such reservation");
    }
}
