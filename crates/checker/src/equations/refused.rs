//! Equation 8 for refusals: a refused operation had no effect (an unknown outcome may be either,
//! order-flow section 6).

use std::collections::BTreeMap;

use estore_contract::OrderId;

use super::{Findings, case::Case, units};
use crate::{
    history::{Op, OpKind, Outcome},
    stores::RefundState,
};

/// Codes that say nothing of the order they name: it may be in any state.
const SAY_NOTHING: &[&str] = &["idempotency_key_reused", "outcome_unknown"];

/// Returns the order that a refusal of `POST /orders` says is undone, and the reason.
pub(super) fn undone(op: &Op) -> Option<(OrderId, &str)> {
    match (&op.kind, &op.outcome) {
        (OpKind::Order { .. }, Outcome::Refused { order: Some(order), code, .. }) => {
            (!SAY_NOTHING.contains(&code.as_str())).then_some((*order, code.as_str()))
        }
        _ => None,
    }
}

/// Checks equation 8 for orders. If every answer to a key was a refusal that names no order, there
/// is none. If an answer names an order, that order is undone for that reason.
pub(super) fn orders_are_not_made(case: &Case<'_>, found: &mut Findings) {
    let mut by_key = BTreeMap::<Option<OrderId>, Vec<&Op>>::new();
    for op in case.history.iter().filter(|op| matches!(op.kind, OpKind::Order { .. })) {
        by_key.entry(op.kind.order()).or_default().push(op);
        let Some((id, code)) = undone(op) else { continue };
        let kept = case.snapshot.orders.get(&id);
        if let (OpKind::Order { lines, .. }, Some(order)) = (&op.kind, kept)
            && units::of(lines) != units::of(&order.asked)
        {
            found.shown(
                8,
                &id,
                format!("{lines:?} were asked for, and it has {:?}", order.asked),
                vec![op.id],
            );
        }
        let kept = kept.map(|order| (order.state, order.failure.as_deref()));
        if !kept.is_some_and(|(state, failure)| state.is_undone() && failure == Some(code)) {
            found.shown(8, &id, format!("it was refused with {code}, and is {kept:?}"), vec![op.id]);
        }
    }
    for (id, ops) in by_key {
        let made_nothing = ops.iter().all(|op| matches!(op.outcome, Outcome::Refused { order: None, .. }));
        if let Some(id) = id.filter(|id| made_nothing && case.snapshot.orders.contains_key(id)) {
            let ids = ops.iter().map(|op| op.id).collect();
            found.shown(8, &id, "every answer to its key was a refusal, and it is there", ids);
        }
    }
}

/// Checks equation 8 for refunds: if every answer to a key was a refusal, no money is refunded for
/// it.
pub(super) fn refunds_are_not_made(case: &Case<'_>, found: &mut Findings) {
    let mut by_key = BTreeMap::<(OrderId, &str), Vec<&Op>>::new();
    for op in case.history {
        let OpKind::Refund { order, key, .. } = &op.kind else { continue };
        by_key.entry((*order, key.as_str())).or_default().push(op);
    }
    for ((id, key), ops) in by_key {
        let n = case.snapshot.orders.get(&id).and_then(|order| order.keys.get(key));
        let refund = n.and_then(|n| case.snapshot.refunds.get(&(id, *n)));
        let made = refund.is_some_and(|refund| refund.state != RefundState::Failed);
        if made && ops.iter().all(|op| matches!(op.outcome, Outcome::Refused { .. })) {
            let ids = ops.iter().map(|op| op.id).collect();
            found.shown(8, &id, format!("its refund of the key {key} was refused, and is there"), ids);
        }
    }
}
