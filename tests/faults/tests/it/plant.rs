//! Planting errors that the checker must find.

use estore_contract::{OrderId, payment};
use estore_faults::{
    checker::{CheckOptions, Findings, When, check, examine},
    history::{Op, Outcome, Seen},
    stores::Snapshot,
};
use redis::Value;

use crate::{
    quiet::{self, op_of},
    shop::Shop,
};

/// Checks that the shop has no violation.
pub(crate) async fn is_clean(shop: &Shop, when: When) {
    let violations = check(&shop.snapshot().await, &shop.ops(), when);
    assert_eq!(violations, [], "{when:?}");
}

/// Returns the findings after a command of an operator. Its first argument is the key it touches,
/// which is restored afterwards.
pub(crate) async fn findings(shop: &Shop, when: When, command: &[&str]) -> Findings {
    let kept = shop.stage.keep(command[1]).await;
    let _: Value = shop.stage.operate(command).await;
    let found = examine(&shop.snapshot().await, &shop.ops(), when, &CheckOptions::default());
    shop.stage.put_back(command[1], kept).await;
    found
}

/// Checks that a command of an operator breaks this equation for this order, SKU or user.
pub(crate) async fn breaks(shop: &Shop, when: When, equation: u8, subject: impl ToString, command: &[&str]) {
    let found = findings(shop, when, command).await;
    let subject = subject.to_string();
    let hit = found
        .violations
        .iter()
        .find(|violation| violation.equation == equation && violation.subject == subject);
    assert!(hit.is_some(), "{when:?} {command:?} {subject}: {:#?}", found.violations);
    // The finding names the client that requested the order.
    if let Ok(order) = subject.split('/').next().unwrap().parse::<OrderId>()
        && shop.ops().iter().any(|op| op.kind.order() == Some(order))
    {
        assert_ne!(hit.unwrap().operations, [0; 0], "{hit:?}");
    }
}

/// Returns the history with one operation changed.
pub(crate) fn with(ops: &[Op], at: usize, change: impl FnOnce(&mut Op)) -> Vec<Op> {
    let mut ops = ops.to_vec();
    change(&mut ops[at]);
    ops
}

pub(crate) fn order_key(id: OrderId) -> String {
    format!("{{pay}}:o:{id}")
}

pub(crate) fn reservation_key(id: OrderId) -> String {
    format!("{{inv}}:r:{id}")
}

pub(crate) fn payment_key(id: OrderId) -> String {
    format!("{{gw}}:p:{id}")
}

/// Returns the findings for a quiet shop.
pub(crate) fn judge(snapshot: &Snapshot, ops: &[Op]) -> Findings {
    examine(snapshot, ops, When::Quiet, &CheckOptions::default())
}

/// Checks that the equation is broken for the subject, and that these operations show it.
pub(crate) fn broken(found: &Findings, equation: u8, subject: &(impl ToString + ?Sized), operations: &[u64]) {
    let subject = subject.to_string();
    let hit = found.violations.iter().find(|violation| {
        violation.equation == equation && violation.subject == subject && violation.operations == operations
    });
    assert!(hit.is_some(), "{equation} {subject} {operations:?}: {:#?}", found.violations);
}

/// Returns the first operation on an order.
pub(crate) fn id(ops: &[Op], order: OrderId) -> u64 {
    ops[op_of(ops, order)].id
}

/// Changes the order in an answer.
pub(crate) fn change_seen(op: &mut Op, change: impl FnOnce(&mut payment::Order)) {
    match &mut op.outcome {
        Outcome::Ok { seen: Seen::Order(order), .. } => change(order),
        other => panic!("{other:?}"),
    }
}

/// Returns a quiet shop (to keep it alive), its snapshot and its history.
pub(crate) async fn base(name: &str) -> (Shop, Snapshot, Vec<Op>) {
    let shop = quiet::shop(name).await;
    is_clean(&shop, When::Quiet).await;
    let (snapshot, ops) = (shop.snapshot().await, shop.ops());
    (shop, snapshot, ops)
}
