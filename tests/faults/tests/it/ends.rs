//! Equation 13: the outcome of every operation becomes known in time.

use estore_contract::{
    OrderId, PaymentMethodId,
    payment::{Order, OrderCard, OrderStatus},
};
use estore_faults::{
    checker::{CheckOptions, When, examine},
    history::{Op, OpKind, Outcome, Seen},
    stores::Snapshot,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::shop::{Shop, user};

const MINUTE: u64 = 60_000;

fn order() -> OrderId {
    OrderId::of(user(1), "k")
}

fn seen(status: OrderStatus) -> Outcome {
    let now = OffsetDateTime::UNIX_EPOCH;
    let card = PaymentMethodId(Uuid::nil());
    let payment_method = OrderCard { id: card, brand: String::new(), last4: String::new() };
    let order = Order {
        id: order(),
        number: order().number(),
        status,
        items: Vec::new(),
        total: None,
        payment_method,
        refunded: None,
        failure: None,
        shipping_address: None,
        created_at: now,
        updated_at: now,
    };
    Outcome::Ok { status: 200, seen: Seen::Order(order) }
}

fn unknown() -> Outcome {
    Outcome::Unknown { why: "timeout".to_owned() }
}

fn refused(status: u16, order: Option<OrderId>) -> Outcome {
    Outcome::Refused { status, code: "order_final".to_owned(), order }
}

fn buys() -> OpKind {
    Shop::asks(user(1), "k", &[("MUG", 1)])
}

fn refund(key: &str) -> OpKind {
    OpKind::Refund { order: order(), key: key.to_owned(), lines: None, restock: false }
}

/// Returns the operations with an unknown outcome. Each is invoked at `.1` and answered at `.2`, in
/// ms.
fn unknowns(ops: &[(OpKind, u64, u64, Outcome)], faults_ended_ms: Option<u64>) -> Vec<u64> {
    let ops: Vec<Op> = (0..)
        .zip(ops)
        .map(|(id, (kind, asked, ended, outcome))| Op {
            id,
            client: 1,
            kind: kind.clone(),
            invoked_ms: *asked,
            ended_ms: (*outcome != Outcome::Pending).then_some(*ended),
            outcome: outcome.clone(),
        })
        .collect();
    let options = CheckOptions { faults_ended_ms, ..CheckOptions::default() };
    let found = examine(&Snapshot::default(), &ops, When::Quiet, &options).violations;
    found.into_iter().filter(|found| found.equation == 13).flat_map(|found| found.operations).collect()
}

#[test]
fn missing_answer_leaves_the_outcome_unknown() {
    let read = OpKind::Read { order: order() };
    let cancel = OpKind::Cancel { order: order() };
    for kind in [buys(), cancel, refund("r"), OpKind::SaveCard { user: user(1) }] {
        assert_eq!(unknowns(&[(kind.clone(), 0, 9, unknown())], None), [0], "{kind}");
        assert_eq!(unknowns(&[(kind.clone(), 0, 9, Outcome::Pending)], None), [0], "{kind}");
        assert_eq!(unknowns(&[(kind.clone(), 0, 9, refused(409, None))], None), [0; 0], "{kind}");
    }
    assert_eq!(unknowns(&[(buys(), 0, 9, seen(OrderStatus::Completed))], None), [0; 0]);
    // An order in progress is neither a yes nor a no.
    assert_eq!(unknowns(&[(buys(), 0, 9, seen(OrderStatus::Pending))], None), [0]);
    // A read has no effect; it only has to end.
    assert_eq!(unknowns(&[(read.clone(), 0, 9, unknown())], None), [0; 0]);
    assert_eq!(unknowns(&[(read, 0, 9, Outcome::Pending)], None), [0]);
}

#[test]
fn later_answer_about_the_same_settles_it() {
    let read = || OpKind::Read { order: order() };
    let cancel = || OpKind::Cancel { order: order() };
    let after = |first: OpKind, second: OpKind, outcome: Outcome| {
        unknowns(&[(first, 0, 9, unknown()), (second, 10, 11, outcome)], None).contains(&0)
    };
    for outcome in [seen(OrderStatus::Completed), seen(OrderStatus::Cancelled), refused(404, None)] {
        assert!(!after(buys(), read(), outcome.clone()), "{outcome}");
        assert!(!after(buys(), buys(), outcome.clone()), "{outcome}");
        assert!(!after(cancel(), read(), outcome.clone()), "{outcome}");
    }
    assert!(!after(buys(), buys(), refused(402, Some(order()))));
    assert!(!after(buys(), cancel(), seen(OrderStatus::Pending)), "it will never be captured");
    assert!(!after(cancel(), cancel(), refused(409, None)));
    assert!(!after(refund("r"), refund("r"), refused(409, None)));
    assert!(!after(refund("r"), read(), seen(OrderStatus::Refunded)));
    // These settle nothing: another key, an order in progress, a refusal before the service looks.
    assert!(after(refund("r"), refund("s"), refused(409, None)));
    assert!(after(buys(), read(), seen(OrderStatus::Pending)));
    assert!(after(cancel(), read(), seen(OrderStatus::Pending)));
    assert!(after(buys(), buys(), refused(401, None)));
    assert!(after(buys(), buys(), refused(429, None)));
    assert!(after(buys(), Shop::asks(user(1), "other", &[("MUG", 1)]), refused(404, None)));
    assert!(after(buys(), read(), unknown()));
    // The read was sent before the first operation had ended, so it may have looked too early. A
    // final state counts at any time.
    let early = |outcome| unknowns(&[(buys(), 5, 9, unknown()), (read(), 6, 11, outcome)], None);
    assert_eq!(early(refused(404, None)), [0]);
    assert_eq!(early(seen(OrderStatus::Completed)), [0; 0]);
}

#[test]
fn outcome_after_five_minutes_is_a_violation() {
    let at = |ended, faults| unknowns(&[(buys(), MINUTE, ended, seen(OrderStatus::Completed))], faults);
    assert_eq!(at(6 * MINUTE, None), [0; 0]);
    assert_eq!(at(6 * MINUTE + 1, None), [0]);
    assert_eq!(at(7 * MINUTE, Some(2 * MINUTE)), [0; 0]);
    assert_eq!(at(7 * MINUTE + 1, Some(2 * MINUTE)), [0]);
    // Faults that ended before the invocation add no time.
    assert_eq!(at(6 * MINUTE + 1, Some(1)), [0]);
    let later = |ended| {
        let read = (OpKind::Read { order: order() }, ended - 1, ended, seen(OrderStatus::Completed));
        unknowns(&[(buys(), 0, 9, unknown()), read], None)
    };
    assert_eq!(later(5 * MINUTE), [0; 0]);
    assert_eq!(later(5 * MINUTE + 1), [0]);
}
