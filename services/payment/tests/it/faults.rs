//! Faults on demand: switches in a real Redis by the service's own user, and a sandbox that obeys
//! them.

use std::{
    env,
    time::{Duration, Instant},
};

use estore_base::config::Env;
use estore_contract::demo::SwitchKind;
use estore_payment::{
    faults::{Faulty, Switches},
    gateway::{CardGateway, CreatedPayment, GatewayError, PaymentState, Sandbox},
    store::faults,
};
use estore_stores::redis::{Redis, connect};

use crate::{
    gateway_contract::{GOOD, card, order, usd, user},
    stage::Stage,
};

async fn on(redis: &Redis) -> Vec<SwitchKind> {
    let all = faults::read(redis).await.unwrap().into_iter();
    all.filter_map(|(kind, is_on)| is_on.then_some(kind)).collect()
}

#[tokio::test]
async fn switch_ends_by_itself_or_at_once() {
    let stage = Stage::start("fault-switches").await;
    assert_eq!(on(&stage.redis).await, []);
    let (slow, apart) = (SwitchKind::GatewaySlow, SwitchKind::Apart);
    faults::switch(&stage.redis, apart, Duration::from_mins(5)).await.unwrap();
    faults::switch(&stage.redis, slow, Duration::from_secs(2)).await.unwrap();
    assert_eq!(on(&stage.redis).await, [slow, apart]);
    let deadline = Instant::now() + Duration::from_secs(10);
    while on(&stage.redis).await != [apart] {
        assert!(Instant::now() < deadline, "it is still on");
    }
    let left: i64 = stage.operate(&["PTTL", "{pay}:fault:apart"]).await;
    assert!((1..=300_000).contains(&left), "{left}");
    faults::switch(&stage.redis, apart, Duration::ZERO).await.unwrap();
    assert_eq!(on(&stage.redis).await, []);
}

async fn gateway(name: &str) -> (Faulty<Sandbox>, Sandbox, Switches, estore_testbed::Redis) {
    let place = env::current_exe().unwrap().ancestors().nth(3).unwrap().join("payment-tests").join(name);
    let server =
        estore_testbed::Redis::with_functions(&place, &["payment"], &["payment/gw1"], &[]).await.unwrap();
    let sandbox = Sandbox::new(connect(&server.settings("payment", 0).into_iter().collect::<Env>()).unwrap());
    let switches = Switches::default();
    (Faulty::new(sandbox.clone(), switches.clone()), sandbox, switches, server)
}

#[tokio::test]
async fn lost_answer_has_its_effect() {
    let (gateway, sandbox, switches, _server) = gateway("fault-lost").await;
    let CreatedPayment::Id(payment) = gateway.create(order(1), user(), usd(2000)).await.unwrap() else {
        panic!("it is new")
    };
    let _on = switches.set(SwitchKind::GatewayAnswersLost, true);
    let lost = gateway.authorize(order(1), &payment, &card(GOOD)).await;
    assert!(matches!(lost, Err(GatewayError::OutcomeUnknown(_))), "{lost:?}");
    assert_eq!(sandbox.read(order(1), &payment).await.unwrap(), PaymentState::Authorized);
    assert!(gateway.read(order(1), &payment).await.is_err(), "a read has no answer either");
    let _off = switches.set(SwitchKind::GatewayAnswersLost, false);
    assert_eq!(gateway.capture(order(1), &payment, true).await.unwrap(), PaymentState::Captured);
}

#[tokio::test]
async fn declining_gateway_keeps_the_decline() {
    let (gateway, _, switches, _server) = gateway("fault-declines").await;
    let _on = switches.set(SwitchKind::GatewayDeclines, true);
    let _payment = gateway.create(order(2), user(), usd(2000)).await.unwrap();
    let declined = PaymentState::Declined("card_declined".to_owned());
    assert_eq!(gateway.authorize(order(2), "", &card(GOOD)).await.unwrap(), declined);
    let _off = switches.set(SwitchKind::GatewayDeclines, false);
    assert_eq!(gateway.read(order(2), "").await.unwrap(), declined);
}

#[tokio::test]
async fn slow_gateway_answers_after_two_seconds() {
    let (gateway, _, switches, _server) = gateway("fault-slow").await;
    let _on = switches.set(SwitchKind::GatewaySlow, true);
    let began = Instant::now();
    let _payment = gateway.create(order(3), user(), usd(2000)).await.unwrap();
    assert!(began.elapsed() >= Duration::from_secs(2), "{:?}", began.elapsed());
}
