//! Tests of free orders, and of payments that a gateway refuses for good.

use estore_contract::payment::TransactionType;
use time::{Duration, OffsetDateTime};

use super::*;
use crate::domain::{
    CreatedPayment, Order, Refund, RefundStage, RefundState, State, Voided,
    fixtures::{self, usd},
};

const HOLD: Duration = Duration::minutes(2);

/// Returns an order of `total` in `state`. It has a payment at the gateway if `noted`.
fn order(state: State, total: i64, noted: bool) -> Order {
    let now = OffsetDateTime::UNIX_EPOCH;
    Order {
        priced: Some((Vec::new(), usd(total))),
        deadline: Some(now + HOLD),
        payment: noted.then(|| "p".to_owned()),
        ..fixtures::order(state, now)
    }
}

#[test]
fn free_order_asks_no_gateway() {
    let next = |state| next_step(&order(state, 0, false), HOLD);
    assert_eq!(next(State::Reserved), Step::Transition(Transition::to(State::Confirming)));
    assert_eq!(next(State::Confirming), Step::Command(Command::Confirm));
    let sold = apply(&order(State::Confirming, 0, false), &Command::Confirm, Outcome::Done);
    assert_eq!(sold, Step::Transition(Transition::to(State::Completed)));
    // The states in which an earlier version left a free order.
    assert_eq!(next(State::Authorized), Step::Transition(Transition::to(State::Confirming)));
    assert_eq!(next(State::Confirmed), Step::Transition(Transition::to(State::Completed)));
    assert_eq!(next(State::Cancelling), Step::Command(Command::Release(Unwound::Nothing)));
    let released =
        apply(&order(State::Cancelling, 0, false), &Command::Release(Unwound::Nothing), Outcome::Done);
    assert_eq!(released, Step::Transition(Transition::to(State::Cancelled)));
}

#[test]
fn free_order_at_a_gateway_ends_there() {
    let payment = || "p".to_owned();
    let next = |state| next_step(&order(state, 0, true), HOLD);
    assert_eq!(next(State::Reserved), Step::Command(Command::Authorize(payment())));
    assert_eq!(next(State::Confirmed), Step::Command(Command::Capture(payment())));
    let void = Command::Void(Some(payment()));
    assert_eq!(next(State::Cancelling), Step::Command(void.clone()));
    // Nothing is refunded, and no alarm is raised.
    let captured = apply(&order(State::Cancelling, 0, true), &void, Outcome::Voided(Voided::Captured));
    assert_eq!(captured, Step::Command(Command::Release(Unwound::Nothing)));
}

#[test]
fn payment_refused_for_good_undoes_the_order() {
    let order = order(State::Accepted, 49, false);
    let priced = Some((Vec::new(), usd(49), 1));
    let command = Command::CreatePayment(usd(49), priced.clone());
    for (payment, code) in [
        (CreatedPayment::Unchargeable("must be more".to_owned()), "amount_not_chargeable"),
        (CreatedPayment::Declined("card_declined".to_owned()), "payment_declined"),
    ] {
        let Step::Transition(step) = apply(&order, &command, Outcome::Created(payment)) else {
            panic!("{code}")
        };
        assert_eq!((step.to, step.failure.unwrap().code.as_str()), (State::Cancelling, code));
        assert_eq!(step.priced, priced, "its owner sees what it would have cost");
    }
}

#[test]
fn refund_of_nothing_asks_no_gateway() {
    let refund = |amount| Refund { restock: true, ..fixtures::refund(1, RefundStage::Requested, amount) };
    let paid = RefundStep::Transition(RefundTransition { to: RefundStage::Paid, failure: None });
    for (total, noted) in [(0, false), (0, true), (700, true)] {
        assert_eq!(next_refund_step(&order(State::Completed, total, noted), &refund(0)), paid);
    }
    let asked = next_refund_step(&order(State::Completed, 700, true), &refund(1));
    assert!(matches!(asked, RefundStep::Command(RefundCommand::Money { .. })));
}

#[test]
fn undone_order_refunds_what_is_left() {
    let order = order(State::Cancelling, 1000, true);
    let list = Command::ListRefunds("p".to_owned(), usd(0).currency);
    for (made, rest) in [(&[][..], 1000), (&[(1, 300)], 700), (&[(0, 700), (1, 300)], 700)] {
        let Step::Command(refund) = apply(&order, &list, Outcome::Refunds(made.to_vec())) else {
            panic!("{made:?}")
        };
        assert!(matches!(&refund, Command::RefundRest(_, amount, _) if *amount == usd(rest)), "{refund:?}");
        let Step::Command(release) = apply(&order, &refund, Outcome::Refunded(RefundState::Done)) else {
            panic!("{made:?}")
        };
        let Step::Transition(end) = apply(&order, &release, Outcome::Done) else { panic!("{made:?}") };
        let refunds = end.entries.iter().filter(|entry| entry.kind == TransactionType::Refund);
        assert_eq!(refunds.map(|entry| entry.amount.amount).sum::<i64>(), 1000, "{made:?}");
    }
    let all = apply(&order, &list, Outcome::Refunds(vec![(1, 1000)]));
    let nothing_left = Unwound::Refunded(vec![(1, usd(1000))]);
    assert_eq!(all, Step::Command(Command::Release(nothing_left)));
}
