//! Free products: ordered and returned, without emails about money.

use std::time::Duration;

use estore_contract::payment::{Order, OrderStatus, Refund, RefundStatus};
use estore_testbed::ServiceName::Payment;
use estore_tests::{Access, Answer, CARD, Customer, access};
use reqwest::Method;
use serde_json::{Value, json};

struct Scene {
    admin: Customer,
    customer: Customer,
    gift: String,
    mug: String,
}

impl Scene {
    async fn set() -> Self {
        let access = access();
        let (admin, customer) =
            (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
        let (gift, mug) = (admin.add_product(10, 0).await, admin.add_product(10, 700).await);
        Self { admin, customer, gift, mug }
    }

    async fn buy(&self, key: &str, lines: &[(&str, u32)]) -> Order {
        let card = self.customer.save_card(CARD).await;
        let items: Vec<Value> =
            lines.iter().map(|(sku, quantity)| json!({"sku": sku, "quantity": quantity})).collect();
        let body = json!({"items": items, "payment_method_id": card});
        Answer::of(self.customer.order_request(key, &body)).await.expect(201).json()
    }

    async fn refund(&self, order: &Order, key: &str, lines: &[(&str, u32)]) -> Refund {
        let items: Vec<Value> =
            lines.iter().map(|(sku, quantity)| json!({"sku": sku, "quantity": quantity})).collect();
        let request = self.admin.request(Method::POST, Payment, &format!("/orders/{}/refunds", order.id));
        let body = json!({"items": items, "restock": true});
        let made = Answer::of(request.header("Idempotency-Key", key).json(&body)).await.expect(201);
        let refund: Refund = made.json();
        assert_eq!(refund.status, RefundStatus::Completed);
        refund
    }

    /// Returns the status of an order, and checks it in the lists by status.
    async fn status(&self, order: &Order) -> OrderStatus {
        let now: Order =
            self.customer.get(Payment, &format!("/orders/{}", order.id)).await.expect(200).json();
        let status = json!(now.status).as_str().unwrap().to_owned();
        for listed in ["completed", "partially_refunded", "refunded"] {
            let list = self.customer.get(Payment, &format!("/orders?status={listed}")).await.value();
            let found = list["items"].as_array().unwrap().iter().any(|item| item["id"] == json!(order.id));
            assert_eq!(found, listed == status, "{listed}");
        }
        now.status
    }
}

#[tokio::test]
async fn refunded_free_order_follows_its_units() {
    let scene = Scene::set().await;
    let order = scene.buy("free", &[(&scene.gift, 3)]).await;
    assert_eq!(scene.status(&order).await, OrderStatus::Completed);
    let refund = scene.refund(&order, "r1", &[(&scene.gift, 2)]).await;
    assert_eq!(refund.amount.amount, 0);
    assert_eq!(scene.status(&order).await, OrderStatus::PartiallyRefunded);
    assert_eq!(scene.admin.stock(&scene.gift).await, (9, 0));
    let _rest = scene.refund(&order, "r2", &[(&scene.gift, 1)]).await;
    assert_eq!(scene.status(&order).await, OrderStatus::Refunded);
    let request = scene.admin.request(Method::POST, Payment, &format!("/orders/{}/refunds", order.id));
    let _none = Answer::of(request.header("Idempotency-Key", "r3").json(&json!({})))
        .await
        .refused(422, "validation_error");
    assert_eq!(scene.customer.get(Payment, "/transactions").await.value()["items"], json!([]));
}

#[tokio::test]
async fn free_unit_beside_others_counts_as_returned() {
    let scene = Scene::set().await;
    let order = scene.buy("with-gift", &[(&scene.gift, 1), (&scene.mug, 1)]).await;
    let _gift = scene.refund(&order, "r1", &[(&scene.gift, 1)]).await;
    assert_eq!(scene.status(&order).await, OrderStatus::PartiallyRefunded);
    let _mug = scene.refund(&order, "r2", &[(&scene.mug, 1)]).await;
    assert_eq!(scene.status(&order).await, OrderStatus::Refunded);
    // The money is refunded in full, but the gift is not returned.
    let order = scene.buy("gift-kept", &[(&scene.gift, 1), (&scene.mug, 1)]).await;
    let mug = scene.refund(&order, "r1", &[(&scene.mug, 1)]).await;
    assert_eq!(mug.amount.amount, 700);
    assert_eq!(scene.status(&order).await, OrderStatus::PartiallyRefunded);
    let amounts = scene.customer.get(Payment, "/transactions").await.value();
    let amounts = amounts["items"].as_array().unwrap().iter().map(|entry| &entry["amount"]["amount"]);
    assert!(amounts.clone().all(|amount| *amount == json!(700)), "no entry is of nothing");
    assert_eq!(amounts.count(), 6);
}

#[tokio::test]
async fn refund_of_nothing_sends_no_email() {
    let scene = Scene::set().await;
    let free = scene.buy("free", &[(&scene.gift, 1)]).await;
    let _gift = scene.refund(&free, "r1", &[(&scene.gift, 1)]).await;
    let paid = scene.buy("paid", &[(&scene.mug, 1)]).await;
    let _mug = scene.refund(&paid, "r1", &[(&scene.mug, 1)]).await;
    // The welcome, two confirmations, and the notice about the mug, which was requested last.
    let came = Access::mailbox().wait_for(&scene.customer.email, 4, Duration::from_secs(30)).await.unwrap();
    let about = |order: &Order| {
        let number = order.number.to_string();
        came.iter().filter(|mail| mail.subject.contains(&number)).count()
    };
    assert_eq!((about(&free), about(&paid)), (1, 2));
    assert_eq!(came.iter().filter(|mail| mail.subject.starts_with("Money back")).count(), 1);
}
