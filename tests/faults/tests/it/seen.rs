//! Equation 8: answers that clients saw, against stores that contradict them.

use estore_contract::payment::{Order, OrderFailure, OrderStatus};
use estore_faults::{
    history::{Op, OpKind, Outcome, Seen},
    stores::{OrderState, RefundState},
};

use crate::{
    plant::{base, broken, change_seen, id, judge, with},
    quiet::{ada, bob, op_of},
    shop::{Shop, card, user},
    view::view,
};

#[tokio::test]
async fn equation_8_seen_state_is_kept_or_followed() {
    let (_shop, snapshot, ops) = base("eq8").await;
    let (sold, at) = (ada("plain"), op_of(&ops, ada("plain")));
    // Gone, like an acknowledged write that was lost.
    let mut lost = snapshot.clone();
    lost.orders.remove(&sold);
    broken(&judge(&lost, &ops), 8, &sold, &[ops[at].id]);
    // Another state: a completed order does not become pending, a cancelled one not completed.
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
    // A refund is final.
    let mut less = snapshot.clone();
    less.orders.get_mut(&bob("wholly")).unwrap().refunded = 1;
    let read = ops.iter().rfind(|op| op.kind.order() == Some(bob("wholly"))).unwrap().id;
    broken(&judge(&less, &ops), 8, &bob("wholly"), &[read]);
    // Other contents.
    let changes: [fn(&mut Order); 8] = [
        |order| order.total.as_mut().unwrap().amount += 1,
        |order| order.items[0].unit_price.as_mut().unwrap().amount += 1,
        |order| order.items[0].name = Some("Cup".to_owned()),
        |order| order.refunded.as_mut().unwrap().amount += 1,
        |order| order.payment_method.id = card(user(2)),
        |order| order.created_at -= time::Duration::milliseconds(1),
        |order| order.status = OrderStatus::Refunded,
        |order| {
            order.failure =
                Some(OrderFailure { code: "payment_declined".to_owned(), message: String::new() });
        },
    ];
    for change in changes {
        let ops = with(&ops, at, |op| change_seen(op, change));
        broken(&judge(&snapshot, &ops), 8, &sold, &[ops[at].id]);
    }
    // More than was requested; the answer to another request.
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
    // Closing an account erases the card.
    lost.users.get_mut(&user(1)).unwrap().closed = true;
    assert!(judge(&lost, &ops).violations.iter().all(|violation| violation.equation != 8));
    let at = ops.iter().position(|op| matches!(&op.kind, OpKind::Refund { key, .. } if key == "r1")).unwrap();
    let refund = format!("{}/1", ada("partly"));
    let mut lost = snapshot.clone();
    lost.refunds.remove(&(ada("partly"), 1));
    broken(&judge(&lost, &ops), 8, &refund, &[ops[at].id]);
    let mut back = snapshot.clone();
    back.refunds.get_mut(&(ada("partly"), 1)).unwrap().state = RefundState::Paid;
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
async fn equation_8_refused_operation_had_no_effect() {
    let (_shop, snapshot, ops) = base("eq8-refused").await;
    let refused = |code: &str, order| Outcome::Refused { status: 409, code: code.to_owned(), order };
    // Refused without an order, and yet created.
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
    // These refusals say nothing of the order.
    let mut more = ops.clone();
    let mut again = ops[at].clone();
    again.id = 1000;
    again.outcome = refused("idempotency_key_reused", Some(ada("hot1")));
    more.push(again);
    assert_eq!(judge(&snapshot, &more).violations, []);
    // A refund that was refused, and exists.
    let at = ops.iter().position(|op| matches!(&op.kind, OpKind::Refund { key, .. } if key == "r2")).unwrap();
    let other = with(&ops, at, |op| op.outcome = refused("more_than_was_paid", None));
    broken(&judge(&snapshot, &other), 8, &ada("partly"), &[ops[at].id]);
}

#[tokio::test]
async fn equation_8_later_read_never_sees_less() {
    let (_shop, snapshot, ops) = base("eq8-order").await;
    let sold = ada("plain");
    let read = |id: u64, at: u64, status| {
        let mut order = view(sold, &snapshot);
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
    // It may, if it overlaps with the answer that knew more.
    let begin = ops[op_of(&ops, sold)].invoked_ms;
    let same = [ops.clone(), vec![read(900, begin, OrderStatus::Pending)]].concat();
    assert_eq!(judge(&snapshot, &same).violations, []);
}
