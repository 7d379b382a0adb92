//! The contract of every `CardGateway` (order-flow section 4).

use async_trait::async_trait;
use estore_contract::{Money, OrderId, Sensitive, UserId};
use estore_payment::{
    domain::Card,
    gateway::{CardGateway, CreatedPayment, ListedPayment, PaymentState, RefundState, Voided},
};
use time::OffsetDateTime;
use uuid::Uuid;

/// A gateway's own records of one order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Entries {
    pub(crate) authorizations: usize,
    pub(crate) captures: usize,
    pub(crate) voids: usize,
    /// Number and minor units, by number; failed refunds are left out.
    pub(crate) refunds: Vec<(u32, i64)>,
}

/// A gateway's own records, read behind its API.
#[async_trait]
pub(crate) trait Books: Sync {
    async fn entries(&self, order: OrderId) -> Entries;
}

pub(crate) fn order(n: u128) -> OrderId {
    OrderId(Uuid::from_u128(n))
}

pub(crate) fn user() -> UserId {
    UserId(Uuid::from_u128(0xada))
}

pub(crate) fn usd(amount: i64) -> Money {
    Money::new(amount, "USD".parse().unwrap())
}

pub(crate) fn card(number: &str) -> Card {
    Card { number: Sensitive::from(number), expiry_month: 12, expiry_year: 2030 }
}

/// A card number that no bank declines.
pub(crate) const GOOD: &str = "4242424242424242";

pub(crate) async fn created(gateway: &dyn CardGateway, order: OrderId) -> String {
    match gateway.create(order, user(), usd(2000)).await.unwrap() {
        CreatedPayment::Id(id) => id,
        other => panic!("it was never voided, and can be charged: {other:?}"),
    }
}

pub(crate) async fn authorized(gateway: &dyn CardGateway, order: OrderId) -> String {
    let payment = created(gateway, order).await;
    let state = gateway.authorize(order, &payment, &card(GOOD)).await.unwrap();
    assert_eq!(state, PaymentState::Authorized);
    payment
}

pub(crate) async fn captured(gateway: &dyn CardGateway, order: OrderId) -> String {
    let payment = authorized(gateway, order).await;
    assert_eq!(gateway.capture(order, &payment, false).await.unwrap(), PaymentState::Captured);
    payment
}

pub(crate) async fn listed(gateway: &dyn CardGateway, since: OffsetDateTime) -> Vec<ListedPayment> {
    let mut all = Vec::<ListedPayment>::new();
    loop {
        let after = all.last().map(|listed| listed.payment.clone());
        let page = gateway.list(since, after.as_deref()).await.unwrap();
        if page.is_empty() {
            return all;
        }
        all.extend(page);
    }
}

/// Checks the whole contract. `gateway` has no payments of the orders 1 to 20; `books` are its own.
pub(crate) async fn holds(gateway: &dyn CardGateway, books: &dyn Books) {
    money_is_set_aside_and_taken_once(gateway, books).await;
    a_decline_is_kept(gateway, books).await;
    a_void_keeps_a_late_authorization_out(gateway, books).await;
    what_is_voided_is_never_captured(gateway, books).await;
    what_is_captured_is_not_voided(gateway, books).await;
    each_refund_is_made_once_and_none_above_what_was_captured(gateway, books).await;
    what_is_not_there_reads_as_absent(gateway).await;
    the_list_has_every_payment_once(gateway).await;
}

async fn money_is_set_aside_and_taken_once(gateway: &dyn CardGateway, books: &dyn Books) {
    let order = order(1);
    let payment = created(gateway, order).await;
    assert_eq!(created(gateway, order).await, payment);
    assert_eq!(gateway.read(order, &payment).await.unwrap(), PaymentState::Created);
    let early = gateway.capture(order, &payment, true).await.unwrap();
    assert!(!matches!(early, PaymentState::Captured | PaymentState::Voided), "{early:?}");
    assert_eq!(books.entries(order).await, Entries::default());
    for _ in 0..2 {
        let state = gateway.authorize(order, &payment, &card(GOOD)).await.unwrap();
        assert_eq!(state, PaymentState::Authorized);
        assert_eq!(gateway.read(order, &payment).await.unwrap(), PaymentState::Authorized);
    }
    for again in [false, true, false] {
        assert_eq!(gateway.capture(order, &payment, again).await.unwrap(), PaymentState::Captured);
        assert_eq!(gateway.read(order, &payment).await.unwrap(), PaymentState::Captured);
    }
    let entries = Entries { authorizations: 1, captures: 1, ..Entries::default() };
    assert_eq!(books.entries(order).await, entries);
}

async fn a_decline_is_kept(gateway: &dyn CardGateway, books: &dyn Books) {
    for (n, number, code) in [
        (2, "4000000000000002", "card_declined"),
        (3, "4000000000009995", "insufficient_funds"),
        (4, "4000000000000069", "expired_card"),
        (5, "4000000000000127", "incorrect_cvc"),
        (6, "4000000000000119", "processing_error"),
        (7, "4000000000000341", "card_declined"),
    ] {
        let order = order(n);
        let payment = created(gateway, order).await;
        let declined = PaymentState::Declined(code.to_owned());
        for _ in 0..2 {
            assert_eq!(gateway.authorize(order, &payment, &card(number)).await.unwrap(), declined);
            assert_eq!(gateway.read(order, &payment).await.unwrap(), declined);
        }
        assert_eq!(gateway.capture(order, &payment, true).await.unwrap(), declined);
        let voided = gateway.void(order, Some(&payment)).await.unwrap();
        assert_eq!(voided, Voided::Done { authorized: false });
        assert_eq!(books.entries(order).await.captures, 0);
    }
}

async fn a_void_keeps_a_late_authorization_out(gateway: &dyn CardGateway, books: &dyn Books) {
    let order = order(8);
    let payment = created(gateway, order).await;
    for _ in 0..2 {
        let voided = gateway.void(order, Some(&payment)).await.unwrap();
        assert_eq!(voided, Voided::Done { authorized: false });
    }
    let late = gateway.authorize(order, &payment, &card(GOOD)).await.unwrap();
    assert_eq!(late, PaymentState::Voided);
    assert_eq!(gateway.create(order, user(), usd(2000)).await.unwrap(), CreatedPayment::Voided);
    assert_eq!(gateway.read(order, &payment).await.unwrap(), PaymentState::Voided);
    assert_eq!(books.entries(order).await.authorizations, 0);
    // Without a payment's id there is nothing that could be authorized later.
    for _ in 0..2 {
        let voided = gateway.void(self::order(9), None).await.unwrap();
        assert_eq!(voided, Voided::Done { authorized: false });
    }
}

async fn what_is_voided_is_never_captured(gateway: &dyn CardGateway, books: &dyn Books) {
    let order = order(10);
    let payment = authorized(gateway, order).await;
    for _ in 0..2 {
        let voided = gateway.void(order, Some(&payment)).await.unwrap();
        assert_eq!(voided, Voided::Done { authorized: true });
    }
    for again in [false, true] {
        assert_eq!(gateway.capture(order, &payment, again).await.unwrap(), PaymentState::Voided);
    }
    let late = gateway.authorize(order, &payment, &card(GOOD)).await.unwrap();
    assert_eq!(late, PaymentState::Voided);
    let entries = Entries { authorizations: 1, voids: 1, ..Entries::default() };
    assert_eq!(books.entries(order).await, entries);
}

async fn what_is_captured_is_not_voided(gateway: &dyn CardGateway, books: &dyn Books) {
    let order = order(11);
    let payment = captured(gateway, order).await;
    for _ in 0..2 {
        assert_eq!(gateway.void(order, Some(&payment)).await.unwrap(), Voided::Captured);
    }
    assert_eq!(gateway.read(order, &payment).await.unwrap(), PaymentState::Captured);
    let entries = Entries { authorizations: 1, captures: 1, ..Entries::default() };
    assert_eq!(books.entries(order).await, entries);
}

async fn each_refund_is_made_once_and_none_above_what_was_captured(
    gateway: &dyn CardGateway,
    books: &dyn Books,
) {
    let order = order(12);
    let payment = captured(gateway, order).await;
    for (n, amount) in [(1, 500), (2, 1400)] {
        for _ in 0..3 {
            let refund = gateway.refund(order, &payment, n, usd(amount)).await.unwrap();
            assert_eq!(refund, RefundState::Done);
        }
    }
    for _ in 0..2 {
        let refund = gateway.refund(order, &payment, 3, usd(101)).await.unwrap();
        assert!(matches!(refund, RefundState::Failed(_)), "{refund:?}");
    }
    assert_eq!(gateway.refund(order, &payment, 4, usd(100)).await.unwrap(), RefundState::Done);
    let refund = gateway.refund(order, &payment, 5, usd(1)).await.unwrap();
    assert!(matches!(refund, RefundState::Failed(_)), "{refund:?}");
    // A number whose refund has another amount was used by an order's lost past.
    for _ in 0..2 {
        let refund = gateway.refund(order, &payment, 4, usd(99)).await.unwrap();
        assert_eq!(refund, RefundState::Taken);
    }
    let mut made = gateway.refunds(order, &payment, usd(0).currency).await.unwrap();
    made.sort_unstable();
    assert_eq!(made, [(1, 500), (2, 1400), (4, 100)]);
    assert_eq!(gateway.read(order, &payment).await.unwrap(), PaymentState::Captured);
    assert_eq!(books.entries(order).await.refunds, [(1, 500), (2, 1400), (4, 100)]);
}

async fn what_is_not_there_reads_as_absent(gateway: &dyn CardGateway) {
    assert_eq!(gateway.read(order(13), "pi_nowhere").await.unwrap(), PaymentState::Absent);
    let state = gateway.authorize(order(13), "pi_nowhere", &card(GOOD)).await.unwrap();
    assert_eq!(state, PaymentState::Absent);
    let state = gateway.capture(order(13), "pi_nowhere", false).await.unwrap();
    assert_eq!(state, PaymentState::Absent);
}

/// Checks the payments that the other checks made.
async fn the_list_has_every_payment_once(gateway: &dyn CardGateway) {
    let all = listed(gateway, OffsetDateTime::UNIX_EPOCH).await;
    for (n, state, back) in [
        (1, PaymentState::Captured, vec![]),
        (8, PaymentState::Voided, vec![]),
        (10, PaymentState::Voided, vec![]),
        (12, PaymentState::Captured, vec![(1, 500), (2, 1400), (4, 100)]),
    ] {
        let mut found = all.iter().filter(|listed| listed.order == order(n));
        let listed = found.next().unwrap();
        assert_eq!(found.next(), None);
        let mut refunds = listed.refunds.clone();
        refunds.sort_unstable();
        assert_eq!((&listed.state, refunds), (&state, back));
        assert_eq!((listed.user, listed.amount), (Some(user()), usd(2000)));
        assert_eq!(gateway.read(order(n), &listed.payment).await.unwrap(), state);
    }
    let end = all.last().map(|listed| listed.payment.clone());
    assert_eq!(gateway.list(OffsetDateTime::UNIX_EPOCH, end.as_deref()).await.unwrap(), []);
}
