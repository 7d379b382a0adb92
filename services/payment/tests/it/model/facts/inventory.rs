//! Inventory's facts: stock, reservations, the journal. There is one SKU.

use super::{Store, number, units};
use crate::model::cast;

/// The facts that Inventory knows.
pub(crate) struct InventoryFacts {
    pub(crate) received: i64,
    /// The reservation of each buyer's order.
    pub(crate) reservations: [Option<Reservation>; 2],
    /// The time at which the first hold ends.
    pub(crate) first_deadline: Option<i64>,
    /// The end of the journal.
    pub(crate) last_entry: Option<(i64, u32)>,
    /// Equation 1: stock is neither missing nor promised twice.
    pub(crate) within: bool,
    /// Equation 2: the reserved number is the number of held units.
    pub(crate) reserved_is_held: bool,
    /// Equation 3: the stock on hand is the received stock without the sold stock, and the journal
    /// says the same.
    pub(crate) adds_up: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reservation {
    pub(crate) status: String,
    pub(crate) quantity: i64,
    pub(crate) returned: i64,
}

impl Reservation {
    /// Returns true if its stock was sold, even if it was restocked.
    pub(crate) fn is_sold(&self) -> bool {
        matches!(self.status.as_str(), "confirmed" | "returned")
    }
}

impl InventoryFacts {
    pub(crate) fn of(store: &Store) -> Self {
        let product = format!("{{inv}}:p:{}", cast::sku());
        let [on_hand, reserved, received] =
            ["on_hand", "reserved", "received"].map(|field| number(store, &product, field).unwrap_or(0));
        let reservations = [0, 1].map(|buyer| reservation(store, buyer));
        let all = || reservations.iter().flatten();
        let held: i64 = all().filter(|one| one.status == "held").map(|one| one.quantity).sum();
        let sold: i64 = all().filter(|one| one.is_sold()).map(|one| one.quantity - one.returned).sum();
        Self {
            received,
            first_deadline: store.sorted("{inv}:due").unwrap().and_then(|due| due.values().min().copied()),
            last_entry: store.stream("{inv}:journal").unwrap().and_then(|all| all.last()).map(|(id, _)| *id),
            within: 0 <= reserved && reserved <= on_hand,
            reserved_is_held: reserved == held,
            adds_up: on_hand == received - sold && replayed(store) == (on_hand, reserved),
            reservations,
        }
    }
}

fn reservation(store: &Store, buyer: usize) -> Option<Reservation> {
    let key = format!("{{inv}}:r:{}", cast::order(buyer));
    let status = store.field(&key, "status")?.to_owned();
    let lines: Vec<String> =
        store.field(&key, "lines").map(|lines| serde_json::from_str(lines).unwrap()).unwrap_or_default();
    let quantity = lines.chunks_exact(5).map(|line| line[2].parse::<i64>().unwrap()).sum();
    let returned = store.field(&key, "returned").map_or(0, |returned| {
        let returned: std::collections::BTreeMap<String, String> = serde_json::from_str(returned).unwrap();
        returned.values().map(|units| units.parse::<i64>().unwrap()).sum()
    });
    Some(Reservation { status, quantity, returned })
}

/// Returns the stock on hand and the reserved stock, computed from the journal alone.
fn replayed(store: &Store) -> (i64, i64) {
    let (mut on_hand, mut reserved) = (0, 0);
    for (_, fields) in store.stream("{inv}:journal").unwrap().into_iter().flatten() {
        let sum: i64 = units(&fields[5]).iter().map(|(_, units)| units).sum();
        match fields[1].as_str() {
            "received" | "adjusted" | "returned" => on_hand += sum,
            "held" => reserved += sum,
            "released" | "expired" => reserved -= sum,
            "confirmed" => {
                on_hand -= sum;
                reserved -= sum;
            }
            other => panic!("{other} in the journal"),
        }
    }
    (on_hand, reserved)
}
