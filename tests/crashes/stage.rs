//! The testbed's fault features: replicas behind a load balancer, proxies in the links, Redis
//! users and a Redis clock.

use std::time::{Duration, Instant};

use estore_contract::payment::{Order, OrderStatus};
use estore_testbed::{
    Link,
    ServiceName::{self, Inventory, Payment, User},
    Shop, Weather,
};
use estore_tests::{Access, Answer, CARD, Customer, connect_to_store, directory, fresh, options, until};
use redis::{AsyncCommands, Client};
use reqwest::Method;
use serde_json::json;

const PATIENCE: Duration = Duration::from_secs(30);

#[tokio::test]
async fn replicas_serve_through_proxies_during_rolling_restarts() {
    let mut shop = Shop::start(estore_testbed::Options {
        proxied: true,
        replicas: 2,
        faults: true,
        ..fresh(directory("stage-replicas"), &[])
    })
    .await
    .unwrap();
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let body = json!({"items": [{"sku": "MUG-ENAMEL-01", "quantity": 1}], "payment_method_id": card});
    let order = |key: &str| Answer::try_of(customer.order_request(key, &body));
    let first = order("first").await.unwrap().expect(201);
    assert_eq!(first.json::<Order>().status, OrderStatus::Completed);
    for link in Link::ALL {
        assert!(shop.link(link).counts().connections > 0, "nothing passes {link:?}");
    }

    // The balancer uses both replicas: if one dies, the other answers. Token introspection uses a
    // link.
    shop.replica(User, 1).kill().await.unwrap();
    shop.replica(Payment, 0).kill().await.unwrap();
    let done = |answer: &Option<Answer>| answer.as_ref().is_some_and(|answer| answer.status == 201);
    let _second = until(PATIENCE, async || order("second").await.ok(), done).await;
    shop.replica(User, 1).start_with(&[("LOG_FORMAT", "text")]).unwrap();
    shop.replica(User, 1).ready(PATIENCE).await.unwrap();
    shop.replica(Payment, 0).start_again().unwrap();
    shop.replica(Payment, 0).ready(PATIENCE).await.unwrap();

    // The replicas restart one after the other, so one always answers. A client may have to retry,
    // because a connection can end during a request.
    let path = format!("/orders/{}", first.json::<Order>().id);
    let get = || Answer::try_of(customer.request(Method::GET, Payment, &path));
    let serving = async {
        loop {
            let answer = match get().await {
                Ok(answer) => answer,
                Err(_) => get().await.unwrap(),
            };
            let _order = answer.expect(200);
        }
    };
    let restarts = async {
        for name in ServiceName::ALL {
            shop.rolling_restart(name).await.unwrap();
        }
    };
    tokio::select! {
        () = restarts => {}
        never = serving => never,
    }
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn link_fault_is_felt_and_passes() {
    let options =
        estore_testbed::Options { proxied: true, faults: true, ..fresh(directory("stage-weather"), &[]) };
    let mut shop = Shop::start(options).await.unwrap();
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let product = async || customer.get(Inventory, "/products/MUG-ENAMEL-01").await;
    let _there = product().await.expect(200);

    shop.link(Link::InventoryToRedis).set(Weather::Refuse);
    let _gone = until(PATIENCE, product, |answer| answer.status == 503).await;
    let observer = Client::open(shop.redis_url("observer", 1)).unwrap();
    let mut direct = connect_to_store(&observer).await.unwrap();
    let stock: i64 = direct.hget("{inv}:p:MUG-ENAMEL-01", "on_hand").await.unwrap();
    assert!(stock > 0, "the observer goes by no link");
    assert!(direct.set::<_, _, ()>("x", 1).await.is_err(), "and writes nothing");
    shop.link(Link::InventoryToRedis).set(Weather::Clear);
    let _back = until(PATIENCE, product, |answer| answer.status == 200).await;

    // A request sent while the link is frozen waits, and has no effect yet.
    shop.link(Link::UserToPostgres).set(Weather::Freeze);
    let login =
        access.http.post(access.url(User, "/login")).json(&json!({"email": "a@b.example", "password": "x"}));
    let began = Instant::now();
    let _unserved = Answer::of(login).await.expect(503);
    assert!(began.elapsed() > Duration::from_secs(1), "it waited");
    shop.link(Link::UserToPostgres).set(Weather::Clear);

    let operator = Client::open(shop.redis_url("operator", 0)).unwrap();
    let mut operator = connect_to_store(&operator).await.unwrap();
    let time = async |operator: &mut redis::aio::MultiplexedConnection| -> i64 {
        redis::cmd("TIME").query_async::<(i64, i64)>(operator).await.unwrap().0
    };
    let before = time(&mut operator).await;
    match shop.redis.step_clock(3600) {
        Err(reason) if !cfg!(target_os = "linux") => {
            assert!(reason.to_string().contains("Linux"), "{reason}");
        }
        stepped => {
            stepped.unwrap();
            assert!(time(&mut operator).await >= before + 3600);
        }
    }
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn service_that_does_not_start_fails_the_shop() {
    let directory = directory("stage-start");
    let wrong = fresh(directory.clone(), &[("HOLD_SECONDS", "soon")]);
    let error = Shop::start(wrong).await.err().unwrap().to_string();
    assert!(error.contains(" ended (") && error.contains("HOLD_SECONDS"), "{error}");
    let none = estore_testbed::Options { replicas: 0, ..options(directory, &[]) };
    assert!(Shop::start(none).await.is_err());
}
