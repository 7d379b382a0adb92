//! Equations 8, 10 and 12: what clients were told, against stores that say something else.

use estore_contract::{OrderId, Sku, payment::OrderStatus};
use estore_faults::{
    checker::{CheckOptions, Findings, Hot, When, examine},
    history::{Op, OpKind, Outcome, Seen},
    stores::{OrderState, Snapshot},
};

use crate::{
    plant::{is_clean, with},
    quiet::{self, HOT, ada, bob, op_of},
    shop::{Shop, card, user, view},
};

fn judge(snapshot: &Snapshot, ops: &[Op]) -> Findings {
    examine(snapshot, ops, When::Quiet, &CheckOptions::default())
}

/// The equation is broken for the subject, and these operations show it.
fn broken(found: &Findings, equation: u8, subject: &(impl ToString + ?Sized), operations: &[u64]) {
    let subject = subject.to_string();
    let hit = found.violations.iter().find(|violation| {
        violation.equation == equation && violation.subject == subject && violation.operations == operations
    });
    assert!(hit.is_some(), "{equation} {subject} {operations:?}: {:#?}", found.violations);
}

fn id(ops: &[Op], order: OrderId) -> u64 {
    ops[op_of(ops, order)].id
}

fn change_seen(op: &mut Op, change: impl FnOnce(&mut estore_contract::payment::Order)) {
    match &mut op.outcome {
        Outcome::Ok { seen: Seen::Order(order), .. } => change(order),
        other => panic!("{other:?}"),
    }
}

async fn base(name: &str) -> (Shop, Snapshot, Vec<Op>) {
    let shop = quiet::shop(name).await;
    is_clean(&shop, When::Quiet).await;
    let (snapshot, ops) = (shop.snapshot().await, shop.ops());
    (shop, snapshot, ops)
}

#[tokio::test]
async fn equation_8_what_was_seen_exists_in_that_state_or_a_later_one() {
    let (_shop, snapshot, ops) = base("eq8").await;
    let (sold, at) = (ada("plain"), op_of(&ops, ada("plain")));
    // Gone, as an acknowledged write that was lost.
    let mut lost = snapshot.clone();
    lost.orders.remove(&sold);
    broken(&judge(&lost, &ops), 8, &sold, &[ops[at].id]);
    // Another state: what is completed does not become pending, what is cancelled not completed.
    for (order, state) in [
        (sold, OrderState::Cancelled),
        (sold, OrderState::Confirming),
        (bob("unwanted"), OrderState::Completed),
        (bob("unwanted"), OrderState::Reserved),
    ] {
        let mut other = snapshot.clone();
        other.orders.get_mut(&order).unwrap().state = state;
        let found = judge(&other, &ops);
        assert!(found.violations.iter().any(|violation| {
            violation.equation == 8
                && violation.subject == order.to_string()
                && violation.operations.len() == 1
        }));
    }
    // Refunded once, refunded for good.
    let mut less = snapshot.clone();
    less.orders.get_mut(&bob("wholly")).unwrap().refunded = 1;
    let read = ops.iter().rfind(|op| op.kind.order() == Some(bob("wholly"))).unwrap().id;
    broken(&judge(&less, &ops), 8, &bob("wholly"), &[read]);
    // Other contents.
    let changes: [fn(&mut estore_contract::payment::Order); 8] = [
        |order| order.total.as_mut().unwrap().amount += 1,
        |order| order.items[0].unit_price.as_mut().unwrap().amount += 1,
        |order| order.items[0].name = Some("Cup".to_owned()),
        |order| order.refunded.as_mut().unwrap().amount += 1,
        |order| order.payment_method.id = card(user(2)),
        |order| order.created_at -= time::Duration::milliseconds(1),
        |order| order.status = OrderStatus::Refunded,
        |order| {
            order.failure = Some(estore_contract::payment::OrderFailure {
                code: "payment_declined".to_owned(),
                message: String::new(),
            });
        },
    ];
    for change in changes {
        let ops = with(&ops, at, |op| change_seen(op, change));
        broken(&judge(&snapshot, &ops), 8, &sold, &[ops[at].id]);
    }
    // More than was asked for; the answer to another question.
    let more = with(&ops, at, |op| op.kind = Shop::asks(user(1), "plain", &[("MUG", 3), ("PEN", 1)]));
    broken(&judge(&snapshot, &more), 8, &sold, &[ops[at].id]);
    let reader = ops.iter().position(|op| matches!(op.kind, OpKind::Read { .. })).unwrap();
    let other = with(&ops, reader, |op| op.kind = OpKind::Read { order: sold });
    broken(&judge(&snapshot, &other), 8, &ada("slow"), &[ops[reader].id]);
}

#[tokio::test]
async fn equation_8_cards_and_refunds_stay() {
    let (_shop, snapshot, ops) = base("eq8-refunds").await;
    let mut lost = snapshot.clone();
    lost.cards.remove(&card(user(1)));
    broken(&judge(&lost, &ops), 8, &card(user(1)), &[0]);
    // Where the account was closed, it is erased.
    lost.users.get_mut(&user(1)).unwrap().closed = true;
    assert!(judge(&lost, &ops).violations.iter().all(|violation| violation.equation != 8));
    let at = ops.iter().position(|op| matches!(&op.kind, OpKind::Refund { key, .. } if key == "r1")).unwrap();
    let refund = format!("{}/1", ada("partly"));
    let mut lost = snapshot.clone();
    lost.refunds.remove(&(ada("partly"), 1));
    broken(&judge(&lost, &ops), 8, &refund, &[ops[at].id]);
    let mut back = snapshot.clone();
    back.refunds.get_mut(&(ada("partly"), 1)).unwrap().state = estore_faults::stores::RefundState::Paid;
    broken(&judge(&back, &ops), 8, &refund, &[ops[at].id]);
    let seen = |status: &str, amount| Outcome::Ok {
        status: 201,
        seen: Seen::Refund { n: 1, status: status.to_owned(), amount },
    };
    for (status, amount) in [("done", 251), ("failed", 250), ("on its way", 250)] {
        let ops = with(&ops, at, |op| op.outcome = seen(status, amount));
        broken(&judge(&snapshot, &ops), 8, &refund, &[ops[at].id]);
    }
    for status in ["requested", "paid", "done"] {
        let ops = with(&ops, at, |op| op.outcome = seen(status, 250));
        assert_eq!(judge(&snapshot, &ops).violations, []);
    }
    let other = with(&ops, at, |op| match &mut op.kind {
        OpKind::Refund { restock, .. } => *restock = false,
        _ => unreachable!(),
    });
    broken(&judge(&snapshot, &other), 8, &refund, &[ops[at].id]);
}

#[tokio::test]
async fn equation_8_what_was_refused_had_no_effect() {
    let (_shop, snapshot, ops) = base("eq8-refused").await;
    let refused = |code: &str, order| Outcome::Refused { status: 409, code: code.to_owned(), order };
    // Refused without an order, and yet made.
    let at = op_of(&ops, ada("hot1"));
    let other = with(&ops, at, |op| op.outcome = refused("too_many_orders", None));
    broken(&judge(&snapshot, &other), 8, &ada("hot1"), &[ops[at].id]);
    // Refused with an order that is completed, or that failed for another reason.
    let other = with(&ops, at, |op| op.outcome = refused("insufficient_stock", Some(ada("hot1"))));
    broken(&judge(&snapshot, &other), 8, &ada("hot1"), &[ops[at].id]);
    broken(&judge(&snapshot, &other), 10, &ada("hot1"), &[ops[at].id]);
    let late = op_of(&ops, bob("late"));
    let other = with(&ops, late, |op| op.outcome = refused("insufficient_stock", Some(bob("late"))));
    broken(&judge(&snapshot, &other), 8, &bob("late"), &[ops[late].id]);
    // What says nothing of the order is no claim.
    let mut more = ops.clone();
    let mut again = ops[at].clone();
    again.id = 1000;
    again.outcome = refused("idempotency_key_reused", Some(ada("hot1")));
    more.push(again);
    assert_eq!(judge(&snapshot, &more).violations, []);
    // A refund that was refused, and is there.
    let at = ops.iter().position(|op| matches!(&op.kind, OpKind::Refund { key, .. } if key == "r2")).unwrap();
    let other = with(&ops, at, |op| op.outcome = refused("more_than_was_paid", None));
    broken(&judge(&snapshot, &other), 8, &ada("partly"), &[ops[at].id]);
}

#[tokio::test]
async fn equation_8_nobody_sees_less_than_who_asked_before() {
    let (_shop, snapshot, ops) = base("eq8-order").await;
    let sold = ada("plain");
    let read = |id: u64, at: u64, status| {
        let mut order = view(sold, &snapshot.orders[&sold]);
        order.status = status;
        Op {
            id,
            client: 9,
            kind: OpKind::Read { order: sold },
            invoked_ms: at,
            ended_ms: Some(at + 10),
            outcome: Outcome::Ok { status: 200, seen: Seen::Order(order) },
        }
    };
    let end = ops.last().unwrap().ended_ms.unwrap();
    let late = [ops.clone(), vec![read(900, end + 1, OrderStatus::Pending)]].concat();
    broken(&judge(&snapshot, &late), 8, &sold, &[id(&ops, sold), 900]);
    // At the same time as the answer that knew more, it may.
    let begin = ops[op_of(&ops, sold)].invoked_ms;
    let same = [ops.clone(), vec![read(900, begin, OrderStatus::Pending)]].concat();
    assert_eq!(judge(&snapshot, &same).violations, []);
}

#[tokio::test]
async fn equation_9_two_answers_to_one_key_name_one_order() {
    let (_shop, snapshot, ops) = base("eq9-history").await;
    let at = op_of(&ops, ada("lost")) + 1;
    let other = with(&ops, at, |op| change_seen(op, |order| order.id = ada("plain")));
    broken(&judge(&snapshot, &other), 9, &ada("plain"), &[ops[at].id]);
    // Both answers, where there are two.
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
async fn equation_10_what_was_told_to_be_cancelled_is_never_captured() {
    let (_shop, snapshot, ops) = base("eq10").await;
    let sold = ada("plain");
    let at = op_of(&ops, sold);
    // By the answer to its making, by a read, by a cancel of either kind.
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
        let mut order = view(sold, &snapshot.orders[&sold]);
        order.status = OrderStatus::Pending;
        cancel.outcome = Outcome::Ok { status, seen: Seen::Order(order) };
        let more = [ops.clone(), vec![cancel]].concat();
        broken(&judge(&snapshot, &more), 10, &sold, &[1000]);
        broken(&judge(&snapshot, &more), 8, &sold, &[1000]);
    }
    // Where only the gateway knows.
    let mut hidden = snapshot.clone();
    let late = bob("late");
    hidden.payments.get_mut(&late).unwrap().state = estore_faults::stores::PaymentState::Captured;
    broken(&judge(&hidden, &ops), 10, &late, &[id(&ops, late)]);
}

#[tokio::test]
async fn equation_12_of_n_pieces_n_are_sold() {
    let (_shop, snapshot, ops) = base("eq12").await;
    let judge = |snapshot: &Snapshot, ops: &[Op], units, faults| {
        let sku: Sku = HOT.parse().unwrap();
        let options = CheckOptions { hot: vec![Hot { sku, units, faults }], ..CheckOptions::default() };
        let found = examine(snapshot, ops, When::Quiet, &options).violations;
        found.into_iter().filter(|violation| violation.equation == 12).collect::<Vec<_>>()
    };
    assert_eq!(judge(&snapshot, &ops, 3, false), []);
    // One too many.
    let over = judge(&snapshot, &ops, 2, true);
    assert_eq!((over.len(), over[0].subject.as_str()), (1, HOT));
    assert!(over[0].operations.contains(&id(&ops, ada("hot1"))), "{over:?}");
    // One left although somebody was told that there is none.
    let left = judge(&snapshot, &ops, 4, false);
    assert_eq!(left[0].operations, [id(&ops, bob("short"))]);
    assert_eq!(judge(&snapshot, &ops, 4, true), []);
    // Who was refused wanted more than is left.
    let greedy =
        with(&ops, op_of(&ops, bob("short")), |op| op.kind = Shop::asks(user(2), "short", &[(HOT, 2)]));
    assert_eq!(judge(&snapshot, &greedy, 4, false), []);
    // What came back may be sold once more.
    let mut back = snapshot.clone();
    back.reservations.get_mut(&ada("hot1")).unwrap().returned.insert(HOT.parse().unwrap(), 1);
    assert_eq!(judge(&back, &ops, 2, false), []);
    // Nobody was refused: it was not hot, and the scenario says it was.
    let calm: Vec<Op> = ops.iter().filter(|op| op.kind.order() != Some(bob("short"))).cloned().collect();
    assert_eq!(judge(&snapshot, &calm, 4, false).len(), 1);
}

#[tokio::test]
async fn in_a_store_that_lost_acknowledged_writes_they_are_named_and_are_no_violations() {
    let (_shop, snapshot, ops) = base("lossy").await;
    let mut lost = snapshot.clone();
    // The last seconds are gone, of every store alike.
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
