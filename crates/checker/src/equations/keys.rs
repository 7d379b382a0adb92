//! Equation 9: at most one order for each user and key, and one refund for each order and key.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{OrderId, UserId};

use super::{Findings, case::Case};
use crate::history::{Op, OpKind, Outcome, Seen};

/// Returns the order that an answer names.
fn named(op: &Op) -> Option<OrderId> {
    match &op.outcome {
        Outcome::Ok { seen: Seen::Order(order), .. } => Some(order.id),
        Outcome::Refused { order, .. } => *order,
        _ => None,
    }
}

/// Checks equation 9. The user and the key make the order's id, so another id would be a second
/// order of the key. There is no order without a request.
pub(super) fn make_one_order_each(case: &Case<'_>, found: &mut Findings) {
    let (mut asked, mut buyers) = (BTreeSet::new(), BTreeSet::<UserId>::new());
    let mut answers = BTreeMap::<(UserId, &str), Vec<(OrderId, u64)>>::new();
    for op in case.history {
        let OpKind::Order { user, key, .. } = &op.kind else { continue };
        let id = OrderId::of(*user, key);
        asked.insert(id);
        buyers.insert(*user);
        if let Some(named) = named(op) {
            answers.entry((*user, key)).or_default().push((named, op.id));
            if named != id {
                found.shown(9, &named, format!("the key {key} of {user} makes {id}"), vec![op.id]);
            }
        }
        if let Some(order) = case.snapshot.orders.get(&id)
            && order.user != *user
        {
            found.shown(9, &id, format!("it is of {}, and the key of {user}", order.user), vec![op.id]);
        }
    }
    for ((user, key), answers) in answers {
        let ids: BTreeSet<OrderId> = answers.iter().map(|(id, _)| *id).collect();
        if let [first, _, ..] = Vec::from_iter(&ids).as_slice() {
            let operations = answers.iter().map(|(_, op)| *op).collect();
            found.shown(9, first, format!("the key {key} of {user} made {} orders", ids.len()), operations);
        }
    }
    for (id, order) in &case.snapshot.orders {
        let holds = !buyers.contains(&order.user) || asked.contains(id);
        found.unless(holds, 9, id, || format!("no key of {} makes it", order.user));
    }
}

/// Checks equation 9 for the refunds of an order: each has the key that found its number, and
/// numbers have no gaps.
pub(super) fn made_the_refunds(case: &Case<'_>, id: OrderId, found: &mut Findings) {
    let Some(order) = case.order(id) else { return };
    let refunds: BTreeMap<i64, &str> = case.refunds(id).map(|(n, refund)| (n, refund.key.as_str())).collect();
    let keys: BTreeSet<(i64, &str)> = order.keys.iter().map(|(key, n)| (*n, key.as_str())).collect();
    let expected: BTreeSet<(i64, &str)> = refunds.iter().map(|(n, key)| (*n, *key)).collect();
    found.unless(keys == expected, 9, &id, || {
        format!("its refunds have the keys {expected:?}, and its keys say {keys:?}")
    });
    let numbers: Vec<i64> = refunds.keys().copied().collect();
    let given: Vec<i64> = (1..=order.refunds).take(numbers.len() + 1).collect();
    found.unless(numbers == given, 9, &id, || {
        format!("it gave {} refunds a number, and has {numbers:?}", order.refunds)
    });
}

/// Checks equation 9 for refunds in the answers: one key has one number.
pub(super) fn make_one_refund_each(case: &Case<'_>, found: &mut Findings) {
    let mut answers = BTreeMap::<(OrderId, &str), BTreeMap<u32, u64>>::new();
    for op in case.history {
        if let (OpKind::Refund { order, key, .. }, Outcome::Ok { seen: Seen::Refund { n, .. }, .. }) =
            (&op.kind, &op.outcome)
        {
            answers.entry((*order, key)).or_default().insert(*n, op.id);
        }
    }
    for ((order, key), numbers) in answers.into_iter().filter(|(_, numbers)| numbers.len() > 1) {
        let what = format!("the key {key} made refunds {:?}", numbers.keys().collect::<Vec<_>>());
        found.shown(9, &order, what, numbers.into_values().collect());
    }
}
