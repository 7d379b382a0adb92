//! Equation 10: an order that a client saw cancelled is never captured.

use std::collections::BTreeMap;

use estore_contract::{
    OrderId,
    payment::{OrderStatus, TransactionType::Capture},
};

use super::{Findings, case::Case, refused::undone};
use crate::{
    history::{Op, OpKind, Outcome, Seen},
    stores::PaymentState,
};

/// Returns the order that the answer says will never be charged.
fn told_cancelled(op: &Op) -> Option<OrderId> {
    match (&op.kind, &op.outcome) {
        // Includes the 202: the order is being cancelled.
        (OpKind::Cancel { order }, Outcome::Ok { .. }) => Some(*order),
        (_, Outcome::Ok { seen: Seen::Order(order), .. }) if order.status == OrderStatus::Cancelled => {
            Some(order.id)
        }
        _ => undone(op).map(|(order, _)| order),
    }
}

/// Checks equation 10 in the ledger and in the gateway's records. If a void found a capture and all
/// of it was refunded, that is an alarm of equation 5.
pub(super) fn is_never_captured(case: &Case<'_>, found: &mut Findings) {
    let mut told = BTreeMap::<OrderId, Vec<u64>>::new();
    for op in case.history {
        if let Some(order) = told_cancelled(op) {
            told.entry(order).or_default().push(op.id);
        }
    }
    for (id, operations) in told {
        let undone =
            case.snapshot.orders.get(&id).is_some_and(|order| case.was_captured_and_refunded(id, order));
        let booked = case.count(id, Capture);
        let payment = case.snapshot.payments.get(&id).map(|payment| payment.state);
        if !undone && (booked > 0 || payment == Some(PaymentState::Captured)) {
            let what = format!(
                "clients were told that it is cancelled; the ledger has {booked} captures, and the gateway says {payment:?}"
            );
            found.shown(10, &id, what, operations);
        }
    }
}
