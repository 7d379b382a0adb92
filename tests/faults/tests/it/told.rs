//! Equations 9, 10 and 12, and lost acknowledgements: answers to clients, against stores that
//! contradict them.

use estore_contract::{Sku, payment::OrderStatus};
use estore_faults::{
    checker::{CheckOptions, Hot, When, examine},
    history::{Op, OpKind, Outcome, Seen},
    stores::{PaymentState, Snapshot},
};

use crate::{
    plant::{base, broken, change_seen, id, judge, with},
    quiet::{HOT, ada, bob, op_of},
    shop::{Shop, user},
    view::view,
};

#[tokio::test]
async fn equation_9_answers_to_a_key_agree() {
    let (_shop, snapshot, ops) = base("eq9-history").await;
    let at = op_of(&ops, ada("lost")) + 1;
    let other = with(&ops, at, |op| change_seen(op, |order| order.id = ada("plain")));
    broken(&judge(&snapshot, &other), 9, &ada("plain"), &[ops[at].id]);
    // Both answers, if there are two.
    let both = with(&other, at - 1, |op| op.outcome = ops[at].outcome.clone());
    let found = judge(&snapshot, &both);
    let two = vec![ops[at - 1].id, ops[at].id];
    assert!(found.violations.iter().any(|violation| violation.equation == 9 && violation.operations == two));
    // An order of hers that none of her keys makes.
    let without: Vec<Op> = ops.iter().filter(|op| op.kind.order() != Some(ada("hot2"))).cloned().collect();
    broken(&judge(&snapshot, &without), 9, &ada("hot2"), &[]);
    // Two numbers for one refund's key.
    let refund = ops.iter().position(|op| matches!(&op.kind, OpKind::Refund { .. })).unwrap();
    let mut again = ops[refund].clone();
    again.id = 1000;
    again.outcome =
        Outcome::Ok { status: 201, seen: Seen::Refund { n: 2, status: "done".to_owned(), amount: 999 } };
    let twice = [ops.clone(), vec![again]].concat();
    broken(&judge(&snapshot, &twice), 9, &ada("partly"), &[ops[refund].id, 1000]);
}

#[tokio::test]
async fn equation_10_order_seen_cancelled_is_never_captured() {
    let (_shop, snapshot, ops) = base("eq10").await;
    let sold = ada("plain");
    let at = op_of(&ops, sold);
    // By the answer to its creation, by a read, by a cancel of either kind.
    let cancelled = with(&ops, at, |op| change_seen(op, |order| order.status = OrderStatus::Cancelled));
    broken(&judge(&snapshot, &cancelled), 10, &sold, &[ops[at].id]);
    let declined = with(&ops, at, |op| {
        let code = "payment_declined".to_owned();
        op.outcome = Outcome::Refused { status: 402, code, order: Some(sold) };
    });
    broken(&judge(&snapshot, &declined), 10, &sold, &[ops[at].id]);
    for status in [200, 202] {
        let mut cancel = ops[at].clone();
        (cancel.id, cancel.kind) = (1000, OpKind::Cancel { order: sold });
        let mut order = view(sold, &snapshot);
        order.status = OrderStatus::Pending;
        cancel.outcome = Outcome::Ok { status, seen: Seen::Order(order) };
        let more = [ops.clone(), vec![cancel]].concat();
        broken(&judge(&snapshot, &more), 10, &sold, &[1000]);
        broken(&judge(&snapshot, &more), 8, &sold, &[1000]);
    }
    // The case that only the gateway knows.
    let mut hidden = snapshot.clone();
    let late = bob("late");
    hidden.payments.get_mut(&late).unwrap().state = PaymentState::Captured;
    broken(&judge(&hidden, &ops), 10, &late, &[id(&ops, late)]);
}

#[tokio::test]
async fn equation_12_exactly_n_units_are_sold() {
    let (_shop, snapshot, ops) = base("eq12").await;
    let judge = |snapshot: &Snapshot, ops: &[Op], units, faults| {
        let sku: Sku = HOT.parse().unwrap();
        let options = CheckOptions { hot: vec![Hot { sku, units, faults }], ..CheckOptions::default() };
        let found = examine(snapshot, ops, When::Quiet, &options).violations;
        found.into_iter().filter(|violation| violation.equation == 12).collect::<Vec<_>>()
    };
    assert_eq!(judge(&snapshot, &ops, 3, false), []);
    // One unit too many.
    let over = judge(&snapshot, &ops, 2, true);
    assert_eq!((over.len(), over[0].subject.as_str()), (1, HOT));
    assert!(over[0].operations.contains(&id(&ops, ada("hot1"))), "{over:?}");
    // One unit left, although a buyer was refused.
    let left = judge(&snapshot, &ops, 4, false);
    assert_eq!(left[0].operations, [id(&ops, bob("short"))]);
    assert_eq!(judge(&snapshot, &ops, 4, true), []);
    // The refused buyer wanted more units than are left.
    let greedy =
        with(&ops, op_of(&ops, bob("short")), |op| op.kind = Shop::asks(user(2), "short", &[(HOT, 2)]));
    assert_eq!(judge(&snapshot, &greedy, 4, false), []);
    // A restocked unit may be sold once more.
    let mut back = snapshot.clone();
    back.reservations.get_mut(&ada("hot1")).unwrap().returned.insert(HOT.parse().unwrap(), 1);
    assert_eq!(judge(&back, &ops, 2, false), []);
    // No buyer was refused: the SKU was not hot, but the scenario says it was.
    let calm: Vec<Op> = ops.iter().filter(|op| op.kind.order() != Some(bob("short"))).cloned().collect();
    assert_eq!(judge(&snapshot, &calm, 4, false).len(), 1);
}

#[tokio::test]
async fn lossy_store_reports_lost_acknowledgements_instead_of_violations() {
    let (_shop, snapshot, ops) = base("lossy").await;
    let mut lost = snapshot.clone();
    // The last seconds are gone, of all stores alike.
    let gone = ada("hot3");
    for ids in [&mut lost.index, &mut lost.users.get_mut(&user(1)).unwrap().orders] {
        ids.remove(&gone.to_string());
    }
    lost.orders.remove(&gone);
    lost.payments.remove(&gone);
    lost.booked.remove(&gone.to_string());
    lost.ledger.retain(|entry| entry.order != gone);
    lost.reservations.remove(&gone);
    lost.journal.retain(|movement| movement.order != Some(gone));
    let hot = lost.products.get_mut(&HOT.parse::<Sku>().unwrap()).unwrap();
    hot.on_hand += 1;
    let found = examine(&lost, &ops, When::Lossy, &CheckOptions::default());
    assert_eq!(found.violations, []);
    let named: Vec<_> = found.lost.iter().map(|lost| (lost.equation, lost.operations.as_slice())).collect();
    assert_eq!(named, [(8, [id(&ops, gone)].as_slice())]);
    assert!(found.report(&ops).contains("Lost acknowledgements: 1"));
    // In a store that lost nothing, that is a violation.
    broken(&judge(&lost, &ops), 8, &gone, &[id(&ops, gone)]);
}
