//! Tests the repair for each pair of an order and a payment.

use estore_contract::OrderId;
use time::OffsetDateTime;
use uuid::Uuid;

use super::*;
use crate::domain::fixtures::{self, usd};

const HOLD: Duration = Duration::minutes(2);
const STATES: [PaymentState; 4] =
    [PaymentState::Created, PaymentState::Authorized, PaymentState::Captured, PaymentState::Voided];

/// Returns an order of 1000 in `state`, made `age` ago. It has a price from `reserved` on, and a
/// payment if `noted`.
fn order(state: State, age: Duration, noted: bool) -> Order {
    let made = OffsetDateTime::UNIX_EPOCH + Duration::days(1);
    let priced = state != State::Accepted;
    Order {
        priced: priced.then(|| (Vec::new(), usd(1000))),
        deadline: priced.then_some(made + HOLD),
        payment: noted.then(|| "p".to_owned()),
        now: made + age,
        ..fixtures::order(state, made)
    }
}

fn listed(state: PaymentState, refunds: &[(u32, i64)]) -> ListedPayment {
    ListedPayment {
        payment: "p".to_owned(),
        order: OrderId(Uuid::nil()),
        user: None,
        amount: usd(1000),
        state,
        refunds: refunds.to_vec(),
    }
}

fn refund(n: u32, stage: RefundStage) -> Refund {
    fixtures::refund(n, stage, 100)
}

fn compare(state: State, age: Duration, noted: bool, payment: PaymentState) -> Known {
    known(&order(state, age, noted), &[], &listed(payment, &[]), HOLD)
}

#[test]
fn final_orders_agree_or_need_an_operator() {
    for age in [Duration::ZERO, Duration::days(1)] {
        let row = |state| STATES.map(|payment| compare(state, age, true, payment));
        let [created, authorized, captured, voided] = row(State::Completed);
        assert_eq!(captured, Known::Agrees);
        assert!([created, authorized, voided].iter().all(|known| matches!(known, Known::Disagrees(_))));
        let [created, authorized, captured, voided] = row(State::Cancelled);
        assert!([created, authorized, voided].iter().all(|known| *known == Known::Agrees));
        assert!(matches!(captured, Known::Disagrees(_)));
    }
    let sent_back = listed(PaymentState::Captured, &[(0, 1000)]);
    assert_eq!(known(&order(State::Cancelled, HOLD, true), &[], &sent_back, HOLD), Known::Agrees);
    let completed = known(&order(State::Completed, HOLD, true), &[], &sent_back, HOLD);
    assert!(matches!(completed, Known::Disagrees(_)));
}

#[test]
fn completable_order_learns_of_its_payment() {
    let note = Known::Note(Transition { payment: Some("p".to_owned()), ..Transition::to(State::Reserved) });
    assert_eq!(
        STATES.map(|payment| compare(State::Reserved, Duration::ZERO, false, payment)),
        [(); 4].map(|()| note.clone())
    );
    for state in [State::Reserved, State::Authorized] {
        assert_eq!(compare(state, Duration::ZERO, true, PaymentState::Captured), Known::Agrees, "{state:?}");
    }
    for state in [State::Confirming, State::Confirmed, State::Cancelling] {
        for age in [Duration::ZERO, Duration::days(1)] {
            for payment in STATES {
                assert_eq!(compare(state, age, true, payment), Known::Agrees, "{state:?}");
            }
        }
    }
}

#[test]
fn order_that_cannot_complete_is_undone_as_lost() {
    let late = HOLD + Duration::seconds(1);
    for (state, age, noted) in [
        (State::Accepted, Duration::ZERO, false),
        (State::Reserved, late, false),
        (State::Reserved, late, true),
        (State::Authorized, late, true),
    ] {
        let Known::Undo(step) = compare(state, age, noted, PaymentState::Captured) else {
            panic!("{state:?} is not undone");
        };
        assert_eq!((step.to, step.failure), (State::Cancelling, Some(Refusal::lost())));
        // Both are needed to refund the money.
        assert_eq!(step.payment.is_some(), !noted, "{state:?}");
        let priced =
            step.priced.map(|(lines, total, _)| (total, lines.iter().map(|line| line.line_total).collect()));
        assert_eq!(priced, (state == State::Accepted).then(|| (usd(1000), vec![usd(1000)])));
        assert!(state.may_become(step.to));
    }
    assert_eq!(compare(State::Accepted, late, false, PaymentState::Created), Known::Agrees, "it times out");
}

#[test]
fn unknown_refunds_are_found() {
    let completed = order(State::Completed, HOLD, true);
    let payment = listed(PaymentState::Captured, &[(4, 100), (1, 100), (2, 100)]);
    let at = |refunds: &[Refund]| known(&completed, refunds, &payment, HOLD);
    let found =
        |refunds: &[(u32, i64)]| Known::Refunds(refunds.iter().map(|(n, sum)| (*n, usd(*sum))).collect());
    assert_eq!(at(&[]), found(&[(1, 100), (2, 100), (4, 100)]));
    assert_eq!(
        at(&[refund(1, RefundStage::Requested)]),
        found(&[(2, 100), (4, 100)]),
        "the worker asks for it again"
    );
    let all = [1, 2, 3, 4].map(|n| refund(n, if n == 3 { RefundStage::Failed } else { RefundStage::Done }));
    assert_eq!(at(&all), Known::Agrees);
    assert!(matches!(at(&[refund(1, RefundStage::Failed)]), Known::Disagrees(_)));
    assert!(matches!(at(&[fixtures::refund(1, RefundStage::Done, 99)]), Known::Disagrees(_)));
}

#[test]
fn lost_order_is_refunded_once_and_ledger_balances() {
    for state in STATES {
        let voids = state != PaymentState::Captured;
        assert_eq!(lost(&listed(state, &[])) == Lost::Void, voids);
    }
    for (refunds, rest) in
        [(&[][..], 1000), (&[(1, 300)], 700), (&[(1, 300), (0, 700)], 700), (&[(1, 400), (2, 600)], 0)]
    {
        let payment = listed(PaymentState::Captured, refunds);
        let expected = if rest == 0 { Lost::Nothing } else { Lost::SendBack(usd(rest)) };
        assert_eq!(lost(&payment), expected);
        let entries = sent_back(&payment, (rest > 0).then(|| usd(rest)));
        let sum = |kind| {
            entries.iter().filter(|entry| entry.kind == kind).map(|entry| entry.amount.amount).sum::<i64>()
        };
        assert_eq!([Kind::Authorization, Kind::Capture, Kind::Refund].map(sum), [1000; 3], "{refunds:?}");
    }
    let payment = listed(PaymentState::Authorized, &[]);
    let kinds = |done| voided(&payment, done).into_iter().map(|entry| entry.kind).collect::<Vec<_>>();
    assert_eq!(kinds(Voided::Done { authorized: true }), [Kind::Authorization, Kind::Void]);
    assert_eq!(kinds(Voided::Done { authorized: false }), []);
}

#[test]
fn payment_of_nothing_agrees_with_any_order() {
    for state in State::ALL {
        for payment in STATES {
            let free = Order { priced: Some((Vec::new(), usd(0))), ..order(state, Duration::ZERO, false) };
            let listed = ListedPayment { amount: usd(0), ..listed(payment, &[]) };
            assert_eq!(known(&free, &[], &listed, HOLD), Known::Agrees, "{state:?}");
        }
    }
}
