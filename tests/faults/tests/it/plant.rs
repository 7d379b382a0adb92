//! Planting what must be found.

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

/// The shop as it is has no violation.
pub(crate) async fn is_clean(shop: &Shop, when: When) {
    let violations = check(&shop.snapshot().await, &shop.ops(), when);
    assert_eq!(violations, [], "{when:?}");
}

/// What is found after a command of an operator, whose first argument is the key it touches; the key is put back afterwards.
pub(crate) async fn findings(shop: &Shop, when: When, command: &[&str]) -> Findings {
    let kept = shop.stage.keep(command[1]).await;
    let _: Value = shop.stage.operate(command).await;
    let found = examine(&shop.snapshot().await, &shop.ops(), when, &CheckOptions::default());
    shop.stage.put_back(command[1], kept).await;
    found
}

/// A command of an operator makes this equation false for this order, SKU or user.
pub(crate) async fn breaks(shop: &Shop, when: When, equation: u8, subject: impl ToString, command: &[&str]) {
    let found = findings(shop, when, command).await;
    let subject = subject.to_string();
    let hit = found
        .violations
        .iter()
        .find(|violation| violation.equation == equation && violation.subject == subject);
    assert!(hit.is_some(), "{when:?} {command:?} {subject}: {:#?}", found.violations);
    // Whoever asked for the order is named.
    if let Ok(order) = subject.split('/').next().unwrap().parse::<OrderId>()
        && shop.ops().iter().any(|op| op.kind.order() == Some(order))
    {
        assert_ne!(hit.unwrap().operations, [0; 0], "{hit:?}");
    }
}

/// A history with something changed in it.
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

/// What is found when it is quiet.
pub(crate) fn judge(snapshot: &Snapshot, ops: &[Op]) -> Findings {
    examine(snapshot, ops, When::Quiet, &CheckOptions::default())
}

/// The equation is broken for the subject, and these operations show it.
pub(crate) fn broken(found: &Findings, equation: u8, subject: &(impl ToString + ?Sized), operations: &[u64]) {
    let subject = subject.to_string();
    let hit = found.violations.iter().find(|violation| {
        violation.equation == equation && violation.subject == subject && violation.operations == operations
    });
    assert!(hit.is_some(), "{equation} {subject} {operations:?}: {:#?}", found.violations);
}

/// The first operation on an order.
pub(crate) fn id(ops: &[Op], order: OrderId) -> u64 {
    ops[op_of(ops, order)].id
}

/// Changes what an answer showed.
pub(crate) fn change_seen(op: &mut Op, change: impl FnOnce(&mut payment::Order)) {
    match &mut op.outcome {
        Outcome::Ok { seen: Seen::Order(order), .. } => change(order),
        other => panic!("{other:?}"),
    }
}

/// A quiet shop: itself, so that it lasts, its snapshot and its history.
pub(crate) async fn base(name: &str) -> (Shop, Snapshot, Vec<Op>) {
    let shop = quiet::shop(name).await;
    is_clean(&shop, When::Quiet).await;
    let (snapshot, ops) = (shop.snapshot().await, shop.ops());
    (shop, snapshot, ops)
}
