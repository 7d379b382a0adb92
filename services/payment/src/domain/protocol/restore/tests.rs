//! What is done about each pair of an order and a payment.

use estore_contract::{OrderId, PaymentMethodId, UserId, payment::OrderRequest};
use time::OffsetDateTime;
use uuid::Uuid;

use super::*;
use crate::domain::Fingerprint;

const HOLD: Duration = Duration::minutes(2);
const STATES: [PaymentState; 4] =
    [PaymentState::Created, PaymentState::Authorized, PaymentState::Captured, PaymentState::Voided];

fn usd(amount: i64) -> Money {
    Money::new(amount, "USD".parse().unwrap())
}

/// An order of 1000 in `state`, made `age` ago; with a price from `reserved` on, and with its payment where `noted`.
fn order(state: State, age: Duration, noted: bool) -> Order {
    let made = OffsetDateTime::UNIX_EPOCH + Duration::days(1);
    let request = OrderRequest {
        items: Vec::new(),
        payment_method_id: PaymentMethodId(Uuid::nil()),
        expected_total: None,
        shipping_address: None,
    };
    let priced = state != State::Accepted;
    Order {
        id: OrderId(Uuid::nil()),
        user: UserId(Uuid::nil()),
        request,
        state,
        version: 3,
        attempts: 0,
        card: (String::new(), String::new()),
        priced: priced.then(|| (Vec::new(), usd(1000))),
        deadline: priced.then_some(made + HOLD),
        payment: noted.then(|| "p".to_owned()),
        has_authorization: false,
        failure: None,
        refunded: 0,
        refund_version: 0,
        cause: None,
        created_at: made,
        updated_at: made,
        now: made + age,
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
    Refund {
        n,
        stage,
        version: 1,
        attempts: 0,
        key: n.to_string(),
        fingerprint: Fingerprint(String::new()),
        lines: std::collections::BTreeMap::new(),
        amount: usd(100),
        restock: false,
        reason: None,
        failure: None,
        cause: None,
        created_at: OffsetDateTime::UNIX_EPOCH,
        updated_at: OffsetDateTime::UNIX_EPOCH,
    }
}

fn compare(state: State, age: Duration, noted: bool, payment: PaymentState) -> Known {
    known(&order(state, age, noted), &[], &listed(payment, &[]), HOLD)
}

#[test]
fn final_orders_that_agree_are_left_alone_and_such_as_do_not_are_told_of() {
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
fn an_order_that_can_still_be_completed_learns_of_its_payment() {
    let note = Known::Note(Move { payment: Some("p".to_owned()), ..Move::to(State::Reserved) });
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
fn an_order_that_cannot_be_completed_any_more_is_undone_and_says_why() {
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
        // Both are needed to send the money back.
        assert_eq!(step.payment.is_some(), !noted, "{state:?}");
        let priced =
            step.priced.map(|(lines, total, _)| (total, lines.iter().map(|line| line.line_total).collect()));
        assert_eq!(priced, (state == State::Accepted).then(|| (usd(1000), vec![usd(1000)])));
        assert!(state.may_become(step.to));
    }
    assert_eq!(compare(State::Accepted, late, false, PaymentState::Created), Known::Agrees, "it times out");
}

#[test]
fn refunds_that_are_not_known_are_found_in_their_order() {
    let completed = order(State::Completed, HOLD, true);
    let payment = listed(PaymentState::Captured, &[(4, 50), (1, 100), (2, 200)]);
    let at = |refunds: &[Refund]| known(&completed, refunds, &payment, HOLD);
    let found =
        |refunds: &[(u32, i64)]| Known::Refunds(refunds.iter().map(|(n, sum)| (*n, usd(*sum))).collect());
    assert_eq!(at(&[]), found(&[(1, 100), (2, 200), (4, 50)]));
    assert_eq!(
        at(&[refund(1, RefundStage::Requested)]),
        found(&[(2, 200), (4, 50)]),
        "the worker asks for it again"
    );
    let all = [1, 2, 3, 4].map(|n| refund(n, if n == 3 { RefundStage::Failed } else { RefundStage::Done }));
    assert_eq!(at(&all), Known::Agrees);
    assert!(matches!(at(&[refund(1, RefundStage::Failed)]), Known::Disagrees(_)));
}

#[test]
fn the_money_of_a_lost_order_goes_back_once_and_the_ledger_comes_to_nothing() {
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
