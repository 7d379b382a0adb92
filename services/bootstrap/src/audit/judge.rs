//! The verdict about one order.

use estore_checker::{
    Findings, MoneySums, Traces, Violation, entries_of, examine_orders, movements_of,
    stores::{Order, Snapshot, State},
};
use estore_contract::OrderId;

use super::{
    balance,
    orders::{MOST_REFUNDS, Reading},
};

/// The ledger and the journal of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Books {
    /// As the order and its reservation say they must be. The balances compare them.
    Assumed,
    /// As they were read, with the order.
    Read,
}

/// The findings about an order, and what it adds to the sums.
pub(super) struct Verdict {
    pub(super) violations: Vec<Violation>,
    /// Events that are allowed and should never happen.
    pub(super) alarms: Vec<String>,
    pub(super) facts: Option<Facts>,
}

/// The parts of an order at rest in the sums.
pub(super) struct Facts {
    /// The last change of the order and its refunds, in ms by the store's clock.
    pub(super) changed_at: i64,
    pub(super) money: MoneySums,
    /// The weight of its entries in the ledger.
    pub(super) entries: u64,
    /// The weight of its movements in the journal.
    pub(super) movements: u64,
}

/// Checks all equations about the order that was read.
pub(super) fn judge(reading: &Reading, how: Books, gateway: bool) -> Verdict {
    let id = reading.id;
    if reading.is_cut() {
        // The missing ones would look like violations.
        let alarm = format!("{id}: it has more than {MOST_REFUNDS} refunds, and was not checked");
        return Verdict { violations: Vec::new(), alarms: vec![alarm], facts: None };
    }
    let mut snapshot = Snapshot::of(&reading.dump);
    let mut found = Findings::default();
    for misread in &snapshot.misread {
        found.add(11, &misread.subject, &misread.what);
    }
    if let (Books::Assumed, Some(order)) = (how, snapshot.orders.get(&id)) {
        let refunds = snapshot.refunds.iter().map(|((_, n), refund)| (*n, refund)).collect();
        snapshot.ledger = entries_of(id, order, &refunds);
    }
    examine_orders(&snapshot, &[id], gateway, &mut found);
    if how == Books::Read {
        let mut traces = Traces::default();
        for movement in &snapshot.journal {
            traces.follow(movement, &mut found);
        }
        traces.compare(id, snapshot.reservations.get(&id), &mut found);
    }
    let alarms = found.alarms.iter().map(|alarm| format!("{}: {}", alarm.subject, alarm.what)).collect();
    let facts = snapshot.orders.get(&id).and_then(|order| facts(&snapshot, id, order));
    Verdict { violations: found.violations, alarms, facts }
}

/// Returns the facts about an order that rests: it is final, and so are all its refunds.
fn facts(snapshot: &Snapshot, id: OrderId, order: &Order) -> Option<Facts> {
    let refunds = || snapshot.refunds.iter().filter(|((of, _), _)| *of == id);
    if !snapshot.misread.is_empty() || !order.state.is_final() {
        return None;
    }
    if refunds().any(|(_, refund)| !refund.state.is_final()) {
        return None;
    }
    let steps = order.log.iter().map(|step| step.at);
    let of_refunds = refunds().flat_map(|(_, refund)| refund.log.iter().map(|step| step.at));
    let changed_at = steps.chain(of_refunds).chain([order.updated_at]).max()?;
    let mut money = MoneySums::default();
    money.add_order(order);
    let refunds = refunds().map(|((_, n), refund)| (*n, refund)).collect();
    let entries = entries_of(id, order, &refunds).iter().map(balance::of_entry).fold(0, u64::wrapping_add);
    let moved = snapshot.reservations.get(&id).map(|kept| movements_of(id, kept)).unwrap_or_default();
    let weights = moved.iter().map(|movement| balance::of_movement(id, movement));
    Some(Facts { changed_at, money, entries, movements: weights.fold(0, u64::wrapping_add) })
}
