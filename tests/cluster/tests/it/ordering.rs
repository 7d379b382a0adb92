//! `estore-shopper order` in shops of its own: beside purchases, and with a refund that fails.

use std::{pin::pin, process::Output, time::Duration};

use estore_testbed::{
    ServiceName::{Inventory, Payment},
    Shop,
};
use estore_tests::{Access, Answer, CARD, Customer, Method, directory, fresh, unique, until};
use serde_json::json;

use crate::{order_at, said};

const PATIENCE: Duration = Duration::from_mins(1);

/// Buys units one after the other until `run` has ended. Returns its output.
async fn beside_purchases(customer: &Customer, sku: &str, run: impl Future<Output = Output>) -> Output {
    let card = customer.save_card(CARD).await;
    let mut run = pin!(run);
    loop {
        let key = unique();
        tokio::select! {
            done = &mut run => return done,
            bought = customer.order(&key, card, sku, 1) => {
                let _bought = bought.expect(201);
            }
        }
    }
}

#[tokio::test]
async fn order_passes_beside_purchases_and_free_products() {
    let mut shop = Shop::start(fresh(directory("shopper-beside"), &[])).await.unwrap();
    let access = Access::to(&shop);
    let admin = Customer::admin(&access).await;
    let (bag, cup) = (admin.add_product(1, 0).await, admin.add_product(100_000, 700).await);
    for (sku, name) in [(&bag, "A bag"), (&cup, "A cup")] {
        let patch = admin.request(Method::PATCH, Inventory, &format!("/products/{sku}"));
        let patch = patch.header("If-Match", "*").json(&json!({"name": name}));
        let _named = Answer::of(patch).await.expect(200);
    }
    let first = async || {
        let page = admin.get(Inventory, "/products?in_stock=true&limit=2").await.expect(200).value();
        [page["items"][0]["sku"].clone(), page["items"][1]["sku"].clone()]
    };
    let _both = until(PATIENCE, first, |skus| *skus == [json!(bag), json!(cup)]).await;
    let customer = Customer::register(&access, &shop.mailbox).await;
    let done = beside_purchases(&customer, &cup, order_at(&access, &[])).await;
    let said = said(&done);
    assert!(done.status.success(), "{said}");
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn failed_refund_leaves_no_card() {
    let mut shop = Shop::start(fresh(directory("shopper-refund"), &[])).await.unwrap();
    let payment = shop.service(Payment);
    payment.stop().await.unwrap();
    payment.start_with(&[("FAIL_POINT", "panic:payment.refund.before")]).unwrap();
    payment.ready(PATIENCE).await.unwrap();
    let access = Access::to(&shop);
    let done = order_at(&access, &[]).await;
    let said = said(&done);
    assert!(!done.status.success() && said.contains("could not refund"), "{said}");
    let admin = Customer::admin(&access).await;
    let cards = admin.get(Payment, "/payment-methods").await.expect(200).value();
    assert_eq!(cards["items"], json!([]));
    shop.stop().await.unwrap();
}
