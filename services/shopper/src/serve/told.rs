//! An order as its customer reads it, in the form that the checker compares.

use std::collections::BTreeMap;

use estore_checker::{
    history::{Op, OpKind, Outcome, Seen},
    stores::{self, Line, OrderState, Price, RefundState, Snapshot},
};
use estore_contract::{
    UserId,
    payment::{Order, OrderStatus, Refund, RefundStatus},
};

/// Returns the snapshot of one order that is at rest, with its refunds, as the checker has it of
/// the stores. `None` if the order or a refund is in progress. `ops` are the operations on it.
///
/// The shop shows no key of a refund, so the key comes from the operation that saw the refund.
pub(super) fn snapshot(user: UserId, order: &Order, refunds: &[Refund], ops: &[Op]) -> Option<Snapshot> {
    let state = match order.status {
        OrderStatus::Pending => return None,
        OrderStatus::Cancelled => OrderState::Cancelled,
        OrderStatus::Completed | OrderStatus::Refunded | OrderStatus::PartiallyRefunded => {
            OrderState::Completed
        }
    };
    let kept = refunds.iter().map(|refund| Some(((order.id, i64::from(refund.number)), of(refund, ops)?)));
    let kept = kept.collect::<Option<BTreeMap<_, _>>>()?;
    let asked = order.items.iter().map(|line| (line.sku.clone(), i64::from(line.quantity))).collect();
    let order_kept = stores::Order {
        user,
        asked,
        method: order.payment_method.id,
        state,
        version: 0,
        price: price(order),
        refunded: order.refunded.map_or(0, |money| money.amount),
        created_at: millis(order.created_at.unix_timestamp_nanos()),
        updated_at: millis(order.updated_at.unix_timestamp_nanos()),
        failure: order.failure.as_ref().map(|failure| failure.code.clone()),
        refunds: i64::try_from(kept.len()).unwrap_or(i64::MAX),
        keys: BTreeMap::new(),
        counts: Vec::new(),
        personal: false,
        address: None,
        log: Vec::new(),
    };
    let orders = BTreeMap::from([(order.id, order_kept)]);
    Some(Snapshot { orders, refunds: kept, ..Snapshot::default() })
}

fn price(order: &Order) -> Option<Price> {
    let total = order.total?;
    let line = |line: &estore_contract::payment::OrderLine| {
        Some(Line {
            sku: line.sku.clone(),
            name: line.name.clone()?,
            quantity: i64::from(line.quantity),
            unit_price: line.unit_price?,
            line_total: line.line_total?,
        })
    };
    let lines = order.items.iter().map(line).collect::<Option<_>>()?;
    Some(Price { lines, amount: total.amount, currency: total.currency })
}

fn of(refund: &Refund, ops: &[Op]) -> Option<stores::Refund> {
    let state = match refund.status {
        RefundStatus::Pending => return None,
        RefundStatus::Completed => RefundState::Done,
        RefundStatus::Failed => RefundState::Failed,
    };
    let key = ops.iter().find_map(|op| match (&op.kind, &op.outcome) {
        (OpKind::Refund { key, .. }, Outcome::Ok { seen: Seen::Refund { n, .. }, .. })
            if *n == refund.number =>
        {
            Some(key.clone())
        }
        _ => None,
    });
    Some(stores::Refund {
        state,
        version: 0,
        key: key.unwrap_or_default(),
        lines: refund.items.iter().map(|line| (line.sku.clone(), i64::from(line.quantity))).collect(),
        amount: refund.amount.amount,
        currency: refund.amount.currency,
        restock: refund.restock,
        created_at: millis(refund.created_at.unix_timestamp_nanos()),
        log: Vec::new(),
    })
}

fn millis(nanos: i128) -> i64 {
    i64::try_from(nanos / 1_000_000).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use estore_checker::{Findings, examine_answers, history::CardKind};
    use estore_contract::OrderId;
    use serde_json::{Value, json};

    use super::*;

    const USER: &str = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01";

    fn user() -> UserId {
        USER.parse().unwrap()
    }

    fn id() -> OrderId {
        OrderId::of(user(), "k1")
    }

    /// Returns an order of two mugs.
    fn order(status: &str, refunded: i64) -> Order {
        let money = |amount: i64| json!({"amount": amount, "currency": "USD"});
        let line = json!({"sku": "MUG", "name": "Mug", "quantity": 2, "unit_price": money(500), "line_total": money(1000)});
        let order = json!({
            "id": id(), "number": id().number(), "status": status, "items": [line], "total": money(1000),
            "payment_method": {"id": USER, "brand": "visa", "last4": "4242"}, "refunded": money(refunded),
            "failure": null, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:01Z",
        });
        serde_json::from_value(order).unwrap()
    }

    fn refund(status: &str) -> Refund {
        let refund: Value = json!({
            "order_id": id(), "number": 1, "status": status, "amount": {"amount": 500, "currency": "USD"},
            "items": [{"sku": "MUG", "quantity": 1}], "restock": true, "reason": null, "failure": null,
            "created_at": "2026-01-01T00:00:02Z", "updated_at": "2026-01-01T00:00:02Z",
        });
        serde_json::from_value(refund).unwrap()
    }

    fn op(id: u64, kind: OpKind, outcome: Outcome) -> Op {
        Op { id, client: 0, kind, invoked_ms: id * 10, ended_ms: Some(id * 10 + 5), outcome }
    }

    fn ordered(outcome: Outcome) -> Op {
        let lines = vec![("MUG".parse().unwrap(), 2)];
        op(0, OpKind::Order { user: user(), key: "k1".to_owned(), lines, card: CardKind::Good }, outcome)
    }

    fn saw(order: Order) -> Outcome {
        Outcome::Ok { status: 201, seen: Seen::Order(order) }
    }

    fn wrong(read: &Order, refunds: &[Refund], ops: &[Op]) -> Vec<String> {
        let mut found = Findings::default();
        examine_answers(&snapshot(user(), read, refunds, ops).unwrap(), ops, &mut found);
        found.violations.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn order_that_moved_on_contradicts_nothing() {
        let back = OpKind::Refund {
            order: id(),
            key: "k1".to_owned(),
            lines: Some(vec![("MUG".parse().unwrap(), 1)]),
            restock: true,
        };
        let seen = Seen::Refund { n: 1, status: "completed".to_owned(), amount: 500 };
        let ops = [ordered(saw(order("completed", 0))), op(1, back, Outcome::Ok { status: 201, seen })];
        let found = wrong(&order("partially_refunded", 500), &[refund("completed")], &ops);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn order_that_goes_back_is_found() {
        let found = wrong(&order("cancelled", 0), &[], &[ordered(saw(order("completed", 0)))]);
        assert!(
            found.iter().any(|line| line.contains("it was seen Completed, and is Cancelled")),
            "{found:?}"
        );
        let cancelled = op(1, OpKind::Cancel { order: id() }, saw(order("cancelled", 0)));
        let found = wrong(&order("completed", 0), &[], &[ordered(saw(order("pending", 0))), cancelled]);
        assert!(found.iter().any(|line| line.contains("its cancelling was accepted")), "{found:?}");
    }

    #[test]
    fn refused_order_that_exists_is_found() {
        let refused = Outcome::Refused { status: 409, code: "insufficient_stock".to_owned(), order: None };
        let found = wrong(&order("completed", 0), &[], &[ordered(refused)]);
        assert!(found.iter().any(|line| line.contains("every answer to its key was a refusal")), "{found:?}");
    }

    #[test]
    fn order_in_progress_is_not_compared() {
        assert_eq!(snapshot(user(), &order("pending", 0), &[], &[]), None);
        assert_eq!(snapshot(user(), &order("completed", 500), &[refund("pending")], &[]), None);
    }
}
