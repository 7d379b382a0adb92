//! Equation 3, and 11 for reservations: the journal, replayed from its beginning, gives the stock
//! and every reservation.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{OrderId, Sku, reservation::ReservationStatus as Status};

use super::{
    Findings,
    case::Case,
    units::{self, Units},
};
use crate::stores::{Movement, MovementKind as Kind, Product, Reservation};

/// The stock of each SKU by the journal: on hand, reserved and received.
#[derive(Debug, Clone, Default)]
pub struct Replay(BTreeMap<Sku, [i128; 3]>);

impl Replay {
    /// Applies a movement.
    pub fn add(&mut self, movement: &Movement) {
        let [on_hand, reserved, received] = match movement.kind {
            Kind::Received | Kind::Adjusted => [1, 0, 1],
            Kind::Held => [0, 1, 0],
            Kind::Confirmed => [-1, -1, 0],
            Kind::Released | Kind::Expired => [0, -1, 0],
            Kind::Returned => [1, 0, 0],
        };
        for (sku, units) in &movement.lines {
            let units = i128::from(*units);
            let change = [on_hand * units, reserved * units, received * units];
            match self.0.get_mut(sku) {
                Some(sums) => sums.iter_mut().zip(change).for_each(|(sum, change)| *sum += change),
                None => drop(self.0.insert(sku.clone(), change)),
            }
        }
    }

    /// Returns the SKUs that had a movement.
    pub fn skus(&self) -> impl Iterator<Item = &Sku> {
        self.0.keys()
    }

    /// Returns the units of a SKU on hand, reserved and received.
    #[must_use]
    pub fn of(&self, sku: &Sku) -> [i128; 3] {
        self.0.get(sku).copied().unwrap_or_default()
    }

    /// Checks equation 3 for a SKU: on hand, reserved and received.
    pub fn compare(&self, sku: &Sku, product: Option<&Product>, found: &mut Findings) {
        let replayed = self.of(sku);
        let kept = product.map_or([0; 3], Product::counts);
        found.unless(replayed == kept, 3, sku, || {
            format!("on hand, reserved, received are {kept:?}, and by the journal {replayed:?}")
        });
    }
}

/// Checks equation 3 for every SKU.
pub(super) fn gives_the_stock(case: &Case<'_>, found: &mut Findings) {
    let mut replay = Replay::default();
    case.snapshot.journal.iter().for_each(|movement| replay.add(movement));
    let skus: BTreeSet<&Sku> = replay.skus().chain(case.snapshot.products.keys()).collect();
    for sku in skus {
        replay.compare(sku, case.snapshot.products.get(sku), found);
    }
}

/// The state of one reservation by the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Trace {
    status: Option<Status>,
    lines: Units,
    returned: Units,
    returns: usize,
}

impl Trace {
    /// Applies the movement. Returns true if it may follow and covers all held units.
    fn follow(&mut self, movement: &Movement) -> bool {
        let moved = units::of(&movement.lines);
        let (next, holds) = match (self.status, movement.kind) {
            (None, Kind::Held) => {
                self.lines.clone_from(&moved);
                (Status::Held, true)
            }
            // A tombstone.
            (None, Kind::Released) => (Status::Released, moved.is_empty()),
            (Some(Status::Held), Kind::Confirmed) => (Status::Confirmed, moved == self.lines),
            (Some(Status::Held), Kind::Released) => (Status::Released, moved == self.lines),
            (Some(Status::Held), Kind::Expired) => (Status::Expired, moved == self.lines),
            (Some(Status::Confirmed), Kind::Returned) => {
                self.returns += 1;
                let both = self.returned.iter().chain(&moved).map(|(sku, units)| (sku, *units));
                self.returned = units::sum(both);
                (Status::Confirmed, true)
            }
            _ => return false,
        };
        self.status = Some(next);
        holds
    }

    /// Returns true if the reservation is in this state.
    fn agrees_with(&self, kept: &Reservation) -> bool {
        let lines = units::sum(kept.lines.iter().map(|line| (&line.sku, line.quantity)));
        let returned = units::sum(kept.returned.iter().map(|(sku, units)| (sku, *units)));
        // A sale counts as returned if return 0 brought everything. The journal does not number
        // returns.
        let status = match kept.status {
            Status::Returned if kept.returns.contains(&0) && self.returned == lines => Status::Confirmed,
            status => status,
        };
        self.status == Some(status)
            && self.lines == lines
            && self.returned == returned
            && self.returns == kept.returns.len()
    }
}

/// The reservations by the journal, and the steps between.
#[derive(Debug, Clone, Default)]
pub struct Traces(BTreeMap<OrderId, Trace>);

impl Traces {
    /// Applies a movement, and checks equation 11: the step is an edge, and covers all held units.
    pub fn follow(&mut self, movement: &Movement, found: &mut Findings) {
        let of_order = !matches!(movement.kind, Kind::Received | Kind::Adjusted);
        match movement.order {
            Some(order) if of_order => {
                let trace = self.0.entry(order).or_default();
                let before = trace.status;
                let holds = trace.follow(movement);
                found.unless(holds, 11, &order, || {
                    format!(
                        "by the journal it is {:?} of {:?} after {before:?}",
                        movement.kind, movement.lines
                    )
                });
            }
            None if !of_order => {}
            order => found.add(11, &movement.id, format!("{:?} for the order {order:?}", movement.kind)),
        }
    }

    /// Returns the orders that had a movement.
    pub fn ids(&self) -> impl Iterator<Item = OrderId> {
        self.0.keys().copied()
    }

    /// Checks equation 3 for an order: status, lines and returns of its reservation.
    pub fn compare(&self, id: OrderId, reservation: Option<&Reservation>, found: &mut Findings) {
        match (self.0.get(&id), reservation) {
            (trace, Some(kept)) => {
                let agrees = trace.is_some_and(|trace| trace.agrees_with(kept));
                found.unless(agrees, 3, &id, || {
                    format!("the journal does not give its reservation, which is {:?}", kept.status)
                });
            }
            (Some(_), None) => found.add(3, &id, "the journal has a reservation that is not there"),
            (None, None) => {}
        }
    }
}

/// Checks equation 3 (each reservation) and equation 11 (every step between).
pub(super) fn gives_the_reservations(case: &Case<'_>, found: &mut Findings) {
    let mut traces = Traces::default();
    for movement in &case.snapshot.journal {
        traces.follow(movement, found);
    }
    let ids: BTreeSet<OrderId> = traces.ids().chain(case.snapshot.reservations.keys().copied()).collect();
    for id in ids {
        traces.compare(id, case.snapshot.reservations.get(&id), found);
    }
}

/// Returns movements that lead to the reservation. Several returns are one of all units, and others
/// of none.
#[must_use]
pub fn movements_of(id: OrderId, reservation: &Reservation) -> Vec<Movement> {
    let movement = |kind, lines| Movement { id: String::new(), kind, order: Some(id), lines };
    let lines = || reservation.lines.iter().map(|line| (line.sku.clone(), line.quantity)).collect::<Vec<_>>();
    let held = || movement(Kind::Held, lines());
    let mut all = match reservation.status {
        Status::Held => vec![held()],
        Status::Confirmed | Status::Returned => vec![held(), movement(Kind::Confirmed, lines())],
        // A tombstone.
        Status::Released if reservation.lines.is_empty() => vec![movement(Kind::Released, Vec::new())],
        Status::Released => vec![held(), movement(Kind::Released, lines())],
        Status::Expired => vec![held(), movement(Kind::Expired, lines())],
    };
    let mut back: Vec<(Sku, i64)> =
        reservation.returned.iter().map(|(sku, units)| (sku.clone(), *units)).collect();
    for _ in &reservation.returns {
        all.push(movement(Kind::Returned, std::mem::take(&mut back)));
    }
    all
}
