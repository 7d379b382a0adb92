//! Fault switches of the Payment Service: orders under a fault wait, and complete once after it.

use std::time::Duration;

use estore_testbed::{ServiceName::Payment, Shop};
use estore_tests::{Access, Answer, CARD, Customer, access, directory, fresh, peer, shop, until};
use reqwest::Client;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(40);

/// Switches a fault, as the component `chaos` does.
async fn switch(chaos: &Client, shop: &Shop, kind: &str, seconds: u32) -> Answer {
    let port = &shop.environment(Payment)["INTERNAL_PORT"];
    let url = format!("https://127.0.0.1:{port}/internal/faults");
    Answer::of(chaos.put(url).json(&json!({"kind": kind, "seconds": seconds}))).await
}

#[tokio::test]
async fn order_completes_once_after_a_fault() {
    let settings = [("FAULTS", "true"), ("LEASE_SECONDS", "1")];
    let mut shop = Shop::start(fresh(directory("faults-on-demand"), &settings)).await.unwrap();
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let admin = Customer::admin(&access).await;
    let chaos = peer(&shop, "chaos");
    let _long = switch(&chaos, &shop, "apart", 301).await.refused(422, "validation_error");
    for kind in ["gateway_answers_lost", "apart"] {
        let sku = admin.add_product(1_000, 500).await;
        let _on = switch(&chaos, &shop, kind, 300).await.expect(204);
        // The service reads the switch a moment later.
        let mut placed = 0;
        let waiting = loop {
            placed += 1;
            assert!(placed < 500, "{kind} has no effect");
            let key = format!("{kind}-{placed}");
            let answer = customer.order(&key, card, &sku, 1).await;
            if answer.status == 202 {
                break key;
            }
            let _completed = answer.expect(201);
        };
        let _off = switch(&chaos, &shop, kind, 0).await.expect(204);
        let repeat = async || customer.order(&waiting, card, &sku, 1).await;
        let order = until(PATIENCE, repeat, |answer| answer.status == 201).await.value();
        let transactions = customer.get(Payment, "/transactions").await.expect(200).value();
        let is_capture = |entry: &&Value| entry["order_id"] == order["id"] && entry["type"] == "capture";
        let captures = transactions["items"].as_array().unwrap().iter().filter(is_capture).count();
        assert_eq!(captures, 1, "{kind}: {transactions}");
        assert_eq!(admin.stock(&sku).await, (1_000 - placed, 0), "{kind}");
    }
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn switches_exist_only_with_their_setting() {
    let _running = access();
    let chaos = peer(shop(), "chaos");
    let _absent = switch(&chaos, shop(), "apart", 5).await.refused(404, "not_found");
}
