//! Orders that cost nothing, and payments that a gateway refuses for good.

use estore_contract::{Money, OrderId, PaymentMethodId, UserId, payment::OrderRequest};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::*;
use crate::domain::{CreatedPayment, Fingerprint, Order, Refund, RefundStage, Returned, State, Voided};

const HOLD: Duration = Duration::minutes(2);

fn usd(amount: i64) -> Money {
    Money::new(amount, "USD".parse().unwrap())
}

/// An order of `total` in `state`, at the gateway where `noted`.
fn order(state: State, total: i64, noted: bool) -> Order {
    let now = OffsetDateTime::UNIX_EPOCH;
    let request = OrderRequest {
        items: Vec::new(),
        payment_method_id: PaymentMethodId(Uuid::nil()),
        expected_total: None,
        shipping_address: None,
    };
    Order {
        id: OrderId(Uuid::nil()),
        user: UserId(Uuid::nil()),
        request,
        state,
        version: 3,
        attempts: 0,
        card: (String::new(), String::new()),
        priced: Some((Vec::new(), usd(total))),
        deadline: Some(now + HOLD),
        payment: noted.then(|| "p".to_owned()),
        has_authorization: false,
        failure: None,
        refunded: 0,
        returned: Returned::Nothing,
        refund_version: 0,
        cause: None,
        created_at: now,
        updated_at: now,
        now,
    }
}

#[test]
fn free_order_asks_no_gateway() {
    let next = |state| begin(&order(state, 0, false), HOLD);
    assert_eq!(next(State::Reserved), Next::Move(Move::to(State::Confirming)));
    assert_eq!(next(State::Confirming), Next::Ask(Ask::Confirm));
    let sold = then(&order(State::Confirming, 0, false), &Ask::Confirm, Answer::Done);
    assert_eq!(sold, Next::Move(Move::to(State::Completed)));
    // As an earlier version left it.
    assert_eq!(next(State::Authorized), Next::Move(Move::to(State::Confirming)));
    assert_eq!(next(State::Confirmed), Next::Move(Move::to(State::Completed)));
    assert_eq!(next(State::Cancelling), Next::Ask(Ask::Release(Undone::Nothing)));
    let released = then(&order(State::Cancelling, 0, false), &Ask::Release(Undone::Nothing), Answer::Done);
    assert_eq!(released, Next::Move(Move::to(State::Cancelled)));
}

#[test]
fn free_order_at_a_gateway_ends_there() {
    let payment = || "p".to_owned();
    let next = |state| begin(&order(state, 0, true), HOLD);
    assert_eq!(next(State::Reserved), Next::Ask(Ask::Authorize(payment())));
    assert_eq!(next(State::Confirmed), Next::Ask(Ask::Capture(payment())));
    let void = Ask::Void(Some(payment()));
    assert_eq!(next(State::Cancelling), Next::Ask(void.clone()));
    // Nothing is sent back, and nobody is called.
    let captured = then(&order(State::Cancelling, 0, true), &void, Answer::Voided(Voided::Captured));
    assert_eq!(captured, Next::Ask(Ask::Release(Undone::Nothing)));
}

#[test]
fn payment_refused_for_good_undoes_the_order() {
    let order = order(State::Accepted, 49, false);
    let priced = Some((Vec::new(), usd(49), 1));
    let ask = Ask::CreatePayment(usd(49), priced.clone());
    for (payment, code) in [
        (CreatedPayment::Unchargeable("must be more".to_owned()), "amount_not_chargeable"),
        (CreatedPayment::Declined("card_declined".to_owned()), "payment_declined"),
    ] {
        let Next::Move(step) = then(&order, &ask, Answer::Created(payment)) else { panic!("{code}") };
        assert_eq!((step.to, step.failure.unwrap().code.as_str()), (State::Cancelling, code));
        assert_eq!(step.priced, priced, "its owner sees what it would have cost");
    }
}

#[test]
fn refund_of_nothing_asks_no_gateway() {
    let refund = |amount| Refund {
        n: 1,
        stage: RefundStage::Requested,
        version: 1,
        attempts: 0,
        key: String::new(),
        fingerprint: Fingerprint(String::new()),
        lines: std::collections::BTreeMap::new(),
        amount: usd(amount),
        restock: true,
        reason: None,
        failure: None,
        cause: None,
        created_at: OffsetDateTime::UNIX_EPOCH,
        updated_at: OffsetDateTime::UNIX_EPOCH,
    };
    let paid = RefundNext::Move(RefundMove { to: RefundStage::Paid, failure: None });
    for (total, noted) in [(0, false), (0, true), (700, true)] {
        assert_eq!(begin_refund(&order(State::Completed, total, noted), &refund(0)), paid);
    }
    let asked = begin_refund(&order(State::Completed, 700, true), &refund(1));
    assert!(matches!(asked, RefundNext::Ask(RefundAsk::Money { .. })));
}
