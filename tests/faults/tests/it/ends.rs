//! Equation 13: every operation ends known, in time.

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

/// The operations that end unknown: each is asked at `.1` and answered at `.2`, in ms.
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
fn an_answer_is_an_end_and_silence_is_none() {
    let read = OpKind::Read { order: order() };
    let cancel = OpKind::Cancel { order: order() };
    for kind in [buys(), cancel, refund("r"), OpKind::SaveCard { user: user(1) }] {
        assert_eq!(unknowns(&[(kind.clone(), 0, 9, unknown())], None), [0], "{kind}");
        assert_eq!(unknowns(&[(kind.clone(), 0, 9, Outcome::Pending)], None), [0], "{kind}");
        assert_eq!(unknowns(&[(kind.clone(), 0, 9, refused(409, None))], None), [0; 0], "{kind}");
    }
    assert_eq!(unknowns(&[(buys(), 0, 9, seen(OrderStatus::Completed))], None), [0; 0]);
    // On its way is neither yes nor no.
    assert_eq!(unknowns(&[(buys(), 0, 9, seen(OrderStatus::Pending))], None), [0]);
    // A read has no effect; it has only to end.
    assert_eq!(unknowns(&[(read.clone(), 0, 9, unknown())], None), [0; 0]);
    assert_eq!(unknowns(&[(read, 0, 9, Outcome::Pending)], None), [0]);
}

#[test]
fn a_later_answer_about_the_same_settles_it() {
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
    // What settles nothing: another key, what is on its way, what was refused before anybody looked.
    assert!(after(refund("r"), refund("s"), refused(409, None)));
    assert!(after(buys(), read(), seen(OrderStatus::Pending)));
    assert!(after(cancel(), read(), seen(OrderStatus::Pending)));
    assert!(after(buys(), buys(), refused(401, None)));
    assert!(after(buys(), buys(), refused(429, None)));
    assert!(after(buys(), Shop::asks(user(1), "other", &[("MUG", 1)]), refused(404, None)));
    assert!(after(buys(), read(), unknown()));
    // It was asked for before the first had ended: it may have looked too early. What is final was so whenever it was seen.
    let early = |outcome| unknowns(&[(buys(), 5, 9, unknown()), (read(), 6, 11, outcome)], None);
    assert_eq!(early(refused(404, None)), [0]);
    assert_eq!(early(seen(OrderStatus::Completed)), [0; 0]);
}

#[test]
fn five_minutes_after_its_invocation_or_after_the_faults_it_is_known() {
    let at = |ended, faults| unknowns(&[(buys(), MINUTE, ended, seen(OrderStatus::Completed))], faults);
    assert_eq!(at(6 * MINUTE, None), [0; 0]);
    assert_eq!(at(6 * MINUTE + 1, None), [0]);
    assert_eq!(at(7 * MINUTE, Some(2 * MINUTE)), [0; 0]);
    assert_eq!(at(7 * MINUTE + 1, Some(2 * MINUTE)), [0]);
    // Faults that ended before it was asked give it no more time.
    assert_eq!(at(6 * MINUTE + 1, Some(1)), [0]);
    let later = |ended| {
        let read = (OpKind::Read { order: order() }, ended - 1, ended, seen(OrderStatus::Completed));
        unknowns(&[(buys(), 0, 9, unknown()), read], None)
    };
    assert_eq!(later(5 * MINUTE), [0; 0]);
    assert_eq!(later(5 * MINUTE + 1), [0]);
}
