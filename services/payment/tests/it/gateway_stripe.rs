//! The behaviour of the Stripe gateway alone.

use estore_payment::gateway::{CardGateway, CreatedPayment, PaymentState, RefundState, Voided};
use time::OffsetDateTime;

use crate::{
    gateway_contract::{Books, GOOD, authorized, captured, card, created, holds, listed, order, usd, user},
    stripe::{Fake, Fault, Operation},
};

#[tokio::test]
async fn stripe_keeps_the_contract() {
    let fake = Fake::start().await;
    holds(&fake.gateway(), &fake).await;
}

#[tokio::test]
async fn impossible_card_number_is_declined() {
    let fake = Fake::start().await;
    let gateway = fake.gateway();
    let payment = created(&gateway, order(1)).await;
    for _ in 0..2 {
        let state = gateway.authorize(order(1), &payment, &card("15346781053311236")).await.unwrap();
        assert_eq!(state, PaymentState::Declined("incorrect_number".to_owned()));
    }
    assert_eq!(fake.asked(Operation::Confirm), 0);
}

#[tokio::test]
async fn refusal_of_a_payment_is_final_or_unknown() {
    for (code, is_final) in [
        ("amount_too_small", true),
        ("amount_too_large", true),
        ("parameter_invalid_integer", true),
        ("account_invalid", false),
        ("parameter_unknown", false),
    ] {
        let fake = Fake::start().await;
        let gateway = fake.gateway();
        fake.break_next(Operation::Create, Fault::Refuses(code));
        // The second answer is the first one, repeated under its key.
        for _ in 0..2 {
            let answer = gateway.create(order(1), user(), usd(2000)).await;
            assert_eq!(matches!(answer, Ok(CreatedPayment::Unchargeable(_))), is_final, "{code}: {answer:?}");
            assert_eq!(answer.is_err(), !is_final, "{code}");
        }
    }
}

#[tokio::test]
async fn refusal_to_confirm_is_final_or_unknown() {
    for (code, expected) in [
        ("amount_too_small", PaymentState::Declined("amount_too_small".to_owned())),
        (
            "payment_intent_incompatible_payment_method",
            PaymentState::Declined("payment_intent_incompatible_payment_method".to_owned()),
        ),
        ("payment_intent_unexpected_state", PaymentState::Created),
    ] {
        let fake = Fake::start().await;
        let gateway = fake.gateway();
        let payment = created(&gateway, order(1)).await;
        fake.break_next(Operation::Confirm, Fault::Refuses(code));
        for _ in 0..2 {
            let state = gateway.authorize(order(1), &payment, &card(GOOD)).await.unwrap();
            assert_eq!(state, expected, "{code}");
        }
        let voided = gateway.void(order(1), Some(&payment)).await.unwrap();
        assert_eq!(voided, Voided::Done { authorized: false });
    }
}

#[tokio::test]
async fn refused_repeat_of_a_confirmation_is_read() {
    let fake = Fake::start().await;
    let gateway = fake.gateway();
    let payment = authorized(&gateway, order(1)).await;
    fake.break_next(Operation::Confirm, Fault::Refuses("amount_too_small"));
    let state = gateway.authorize(order(1), &payment, &card(GOOD)).await.unwrap();
    assert_eq!(state, PaymentState::Authorized);
}

#[tokio::test]
async fn unchargeable_amount_is_never_sent() {
    let fake = Fake::start().await;
    let gateway = fake.gateway();
    let dinar = |amount| estore_contract::Money::new(amount, "KWD".parse().unwrap());
    for amount in [usd(0), usd(49), usd(100_000_000), dinar(12_345)] {
        let answer = gateway.create(order(1), user(), amount).await.unwrap();
        assert!(matches!(answer, CreatedPayment::Unchargeable(_)), "{answer:?}");
        assert!((gateway.rule().unwrap().charge)(amount).is_err());
    }
    let refund = gateway.refund(order(1), "pi_0", 1, dinar(5)).await.unwrap();
    assert_eq!(refund, RefundState::Failed("amount_not_refundable".to_owned()));
    assert_eq!((fake.asked(Operation::Create), fake.asked(Operation::Refund)), (0, 0));
}

#[tokio::test]
async fn rejected_api_key_leaves_outcomes_unknown() {
    let fake = Fake::start().await;
    let payment = captured(&fake.gateway(), order(1)).await;
    let stranger = fake.gateway_with("sk_test_revoked");
    let (order, card) = (order(1), card(GOOD));
    let said = [
        stranger.create(order, user(), usd(2000)).await.unwrap_err(),
        stranger.authorize(order, &payment, &card).await.unwrap_err(),
        stranger.read(order, &payment).await.unwrap_err(),
        stranger.capture(order, &payment, true).await.unwrap_err(),
        stranger.void(order, Some(&payment)).await.unwrap_err(),
        stranger.refund(order, &payment, 1, usd(1)).await.unwrap_err(),
        stranger.list(OffsetDateTime::UNIX_EPOCH, None).await.unwrap_err(),
    ];
    for silence in said {
        assert!(!silence.to_string().contains("revoked"), "{silence}");
    }
}

#[tokio::test]
async fn expired_authorization_is_voided_and_never_captured() {
    let fake = Fake::start().await;
    let gateway = fake.gateway();
    let payment = authorized(&gateway, order(1)).await;
    fake.run_out(&payment);
    for again in [false, true] {
        assert_eq!(gateway.capture(order(1), &payment, again).await.unwrap(), PaymentState::Voided);
    }
    let voided = gateway.void(order(1), Some(&payment)).await.unwrap();
    assert_eq!(voided, Voided::Done { authorized: true });
    assert_eq!(fake.asked(Operation::Cancel), 0);
}

#[tokio::test]
async fn missing_payment_is_not_reported_as_voided() {
    let fake = Fake::start().await;
    let gateway = fake.gateway();
    gateway.void(order(1), Some("pi_of_another_account")).await.unwrap_err();
    gateway.refund(order(1), "pi_of_another_account", 1, usd(1)).await.unwrap_err();
}

#[tokio::test]
async fn malformed_payment_id_is_never_sent() {
    let fake = Fake::start().await;
    let gateway = fake.gateway();
    for bad in ["", "../refunds", "pi_1/cancel", "pi_1?x=1", "pi 1", "pi_é"] {
        gateway.read(order(1), bad).await.unwrap_err();
        gateway.capture(order(1), bad, false).await.unwrap_err();
    }
    assert_eq!(fake.asked(Operation::Read) + fake.asked(Operation::Capture), 0);
}

#[tokio::test]
async fn pending_refund_is_unknown() {
    let fake = Fake::start().await;
    let gateway = fake.gateway();
    let payment = captured(&gateway, order(1)).await;
    fake.refunds_are("pending");
    gateway.refund(order(1), &payment, 1, usd(500)).await.unwrap_err();
    fake.forget_keys();
    gateway.refund(order(1), &payment, 1, usd(500)).await.unwrap_err();
    fake.refunds_are("succeeded");
    let refund = gateway.refund(order(1), &payment, 1, usd(500)).await.unwrap();
    assert_eq!(refund, RefundState::Done);
    fake.refunds_are("failed");
    let refund = gateway.refund(order(1), &payment, 2, usd(500)).await.unwrap();
    assert_eq!(refund, RefundState::Failed("expired_or_canceled_card".to_owned()));
    assert_eq!(fake.asked(Operation::Refund), 2);
}

#[tokio::test]
async fn refund_is_found_among_many_without_its_key() {
    let fake = Fake::start().await;
    let gateway = fake.gateway();
    let payment = captured(&gateway, order(1)).await;
    fake.refund_by_hand(&payment, 10);
    for n in 1..=8 {
        gateway.refund(order(1), &payment, n, usd(100)).await.unwrap();
    }
    fake.forget_keys();
    for n in 1..=8 {
        let refund = gateway.refund(order(1), &payment, n, usd(100)).await.unwrap();
        assert_eq!(refund, RefundState::Done);
    }
    assert_eq!(fake.entries(order(1)).await.refunds.len(), 8);
    // The refund takes all that is left; the next one finds nothing.
    gateway.refund(order(1), &payment, 9, usd(1190)).await.unwrap();
    let refund = gateway.refund(order(1), &payment, 10, usd(1)).await.unwrap();
    assert_eq!(refund, RefundState::Failed("charge_already_refunded".to_owned()));
}

#[tokio::test]
async fn list_starts_at_since_and_omits_foreign_payments() {
    let fake = Fake::start().await;
    let gateway = fake.gateway();
    created(&gateway, order(1)).await;
    let second = authorized(&gateway, order(2)).await;
    // More payments than fit on a page.
    for _ in 0..15 {
        fake.foreign_payment();
    }
    let third = captured(&gateway, order(3)).await;
    gateway.refund(order(3), &third, 1, usd(250)).await.unwrap();
    fake.refund_by_hand(&third, 50);
    let since = OffsetDateTime::from_unix_timestamp(fake.made_at(&second)).unwrap();
    let all = listed(&gateway, since).await;
    let states: Vec<_> = all.iter().map(|listed| (listed.order, listed.state.clone())).collect();
    assert_eq!(states, [(order(3), PaymentState::Captured), (order(2), PaymentState::Authorized)]);
    assert_eq!(all[0].refunds, [(1, 250)]);
    assert_eq!(listed(&gateway, OffsetDateTime::UNIX_EPOCH).await.len(), 3);
}

#[tokio::test]
async fn part_of_a_list_reads_few_refunds() {
    let fake = Fake::start().await;
    let gateway = fake.gateway();
    for n in 1..=11 {
        let payment = captured(&gateway, order(n)).await;
        gateway.refund(order(n), &payment, 1, usd(250)).await.unwrap();
    }
    let before = fake.asked(Operation::ListRefunds);
    let part = gateway.list(OffsetDateTime::UNIX_EPOCH, None).await.unwrap();
    assert_eq!((part.len(), fake.asked(Operation::ListRefunds) - before), (10, 10));
    let all = listed(&gateway, OffsetDateTime::UNIX_EPOCH).await;
    assert_eq!(all.len(), 11);
    assert!(all.iter().all(|listed| listed.refunds == [(1, 250)]));
}

#[tokio::test]
async fn first_attempt_at_a_refund_looks_for_it() {
    let fake = Fake::start().await;
    let gateway = fake.gateway();
    let payment = captured(&gateway, order(1)).await;
    gateway.refund(order(1), &payment, 1, usd(500)).await.unwrap();
    // As after a restore, a day later.
    fake.forget_keys();
    assert_eq!(gateway.refund(order(1), &payment, 1, usd(300)).await.unwrap(), RefundState::Taken);
    assert_eq!(gateway.refund(order(1), &payment, 1, usd(500)).await.unwrap(), RefundState::Done);
    assert_eq!(fake.entries(order(1)).await.refunds, [(1, 500)]);
    assert_eq!(gateway.refunds(order(1), &payment, usd(0).currency).await.unwrap(), [(1, 500)]);
}
