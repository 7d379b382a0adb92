//! Equation 3, and 11 for reservations: the journal, replayed from its beginning, gives the stock
//! and every reservation.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{OrderId, Sku, reservation::ReservationStatus as Status};

use super::{
    Findings,
    case::Case,
    pieces::{self, Pieces},
};
use crate::stores::{Movement, MovementKind as Kind, Product, Reservation};

/// Checks equation 3: on hand, reserved and received of each SKU.
pub(super) fn gives_the_stock(case: &Case<'_>, found: &mut Findings) {
    let mut replayed = BTreeMap::<&Sku, [i128; 3]>::new();
    for movement in &case.snapshot.journal {
        for (sku, pieces) in &movement.lines {
            let [on_hand, reserved, received] = match movement.kind {
                Kind::Received | Kind::Adjusted => [1, 0, 1],
                Kind::Held => [0, 1, 0],
                Kind::Confirmed => [-1, -1, 0],
                Kind::Released | Kind::Expired => [0, -1, 0],
                Kind::Returned => [1, 0, 0],
            };
            let [hand, held, got] = replayed.entry(sku).or_default();
            let pieces = i128::from(*pieces);
            *hand += on_hand * pieces;
            *held += reserved * pieces;
            *got += received * pieces;
        }
    }
    let skus: BTreeSet<&Sku> = replayed.keys().copied().chain(case.snapshot.products.keys()).collect();
    for sku in skus {
        let replayed = replayed.get(sku).copied().unwrap_or_default();
        let kept = case.snapshot.products.get(sku).map_or([0; 3], |product| {
            let Product { on_hand, reserved, received } = *product;
            [on_hand, reserved, received].map(i128::from)
        });
        found.unless(replayed == kept, 3, sku, || {
            format!("on hand, reserved, received are {kept:?}, and by the journal {replayed:?}")
        });
    }
}

/// The state of one reservation by the journal.
#[derive(Default)]
struct Trace {
    status: Option<Status>,
    lines: Pieces,
    returned: Pieces,
    returns: usize,
}

impl Trace {
    /// Applies the movement. Returns true if it may follow and covers all held units.
    fn follow(&mut self, movement: &Movement) -> bool {
        let moved = pieces::of(&movement.lines);
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
                let both = self.returned.iter().chain(&moved).map(|(sku, pieces)| (sku, *pieces));
                self.returned = pieces::sum(both);
                (Status::Confirmed, true)
            }
            _ => return false,
        };
        self.status = Some(next);
        holds
    }

    fn agrees_with(&self, kept: &Reservation) -> bool {
        let lines = pieces::sum(kept.lines.iter().map(|line| (&line.sku, line.quantity)));
        let returned = pieces::sum(kept.returned.iter().map(|(sku, pieces)| (sku, *pieces)));
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

/// Checks equation 3 (status, lines and returns of each reservation) and equation 11 (every step
/// between).
pub(super) fn gives_the_reservations(case: &Case<'_>, found: &mut Findings) {
    let mut traces = BTreeMap::<OrderId, Trace>::new();
    for movement in &case.snapshot.journal {
        let of_order = !matches!(movement.kind, Kind::Received | Kind::Adjusted);
        match movement.order {
            Some(order) if of_order => {
                let trace = traces.entry(order).or_default();
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
    for (id, reservation) in &case.snapshot.reservations {
        let agrees = traces.remove(id).is_some_and(|trace| trace.agrees_with(reservation));
        found.unless(agrees, 3, id, || {
            format!("the journal does not give its reservation, which is {:?}", reservation.status)
        });
    }
    for id in traces.keys() {
        found.add(3, id, "the journal has a reservation that is not there");
    }
}
