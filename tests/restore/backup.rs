//! A backup is restored beside a gateway that has newer records.

use std::process::{Child, Command, Stdio};

use estore_contract::{
    OrderId, PaymentMethodId,
    payment::{Order, OrderStatus},
};
use estore_testbed::{
    ServiceName::{Inventory, Payment, User},
    Shop,
};
use estore_tests::{Access, Answer, CARD, Customer, program, until};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    books::{agree, books, orders},
    keep::{KEPT, PATIENCE, back_up, epoch_check, lose, put_back, ready, start, unready},
};

const DECLINED: &str = "4000000000000002";
const STOCK: i64 = 100;

struct Buyer {
    customer: Customer,
    sku: String,
    good: PaymentMethodId,
    bad: PaymentMethodId,
}

impl Buyer {
    /// Orders two units. A key that begins with `declined` uses a card that is declined.
    async fn buy(&self, key: &str) -> Result<Answer, reqwest::Error> {
        let card = if key.starts_with("declined") { self.bad } else { self.good };
        let body = json!({"items": [{"sku": self.sku, "quantity": 2}], "payment_method_id": card});
        Answer::try_of(self.customer.order_request(key, &body)).await
    }

    /// Repeats an order request until the order has ended.
    async fn ended(&self, key: &str) -> Answer {
        let good = |answer: &Answer| !matches!(answer.status, 202 | 503);
        until(PATIENCE, async || self.buy(key).await.unwrap(), good).await
    }

    async fn completed(&self, key: &str) -> OrderId {
        self.ended(key).await.expect(201).json::<Order>().id
    }

    async fn declined(&self, key: &str) -> OrderId {
        self.ended(key).await.refused(402, "payment_declined").order_id.unwrap()
    }
}

async fn refund(admin: &Customer, order: OrderId, key: &str, body: &Value) -> Answer {
    let request = admin.request(Method::POST, Payment, &format!("/orders/{order}/refunds"));
    Answer::of(request.header("Idempotency-Key", key).json(body)).await
}

/// Starts `bootstrap after-restore` beside the test.
fn mend(shop: &Shop) -> Child {
    let mut job = Command::new(program("estore-bootstrap"));
    job.arg("after-restore")
        .env_clear()
        .envs(shop.bootstrap_environment())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Checks that nothing new can begin while the store is stale.
async fn refused(buyer: &Buyer, admin: &Customer, order: OrderId) {
    for key in ["before", "lost", "quite-new"] {
        let _closed = buyer.buy(key).await.unwrap().refused(503, "unavailable");
    }
    let card = json!({"payment_type": "Card", "details": {"card_number": CARD, "expiry_month": 12, "expiry_year": 2029, "cvc": "123"}});
    let customer = &buyer.customer;
    let _closed = customer.post(Payment, "/payment-methods", &card).await.refused(503, "unavailable");
    let cancel = format!("/orders/{order}/cancel");
    let _closed =
        Answer::of(customer.request(Method::POST, Payment, &cancel)).await.refused(503, "unavailable");
    let _closed = refund(admin, order, "late", &json!({})).await.refused(503, "unavailable");
}

#[tokio::test]
async fn restored_backup_is_reconciled_with_a_newer_gateway() {
    let mut shop = start("backup").await;
    let access = Access::to(&shop);
    let admin = Customer::admin(&access).await;
    let sku = admin.add_product(STOCK, 500).await;
    let customer = Customer::register(&access, &shop.mailbox).await;
    let (good, bad) = (customer.save_card(CARD).await, customer.save_card(DECLINED).await);
    let buyer = Buyer { customer, sku: sku.clone(), good, bad };

    // In the backup: two completed orders, one declined, and one that waits for its stock.
    let before = buyer.completed("before").await;
    let partly = buyer.completed("partly").await;
    let declined = buyer.declined("declined-before").await;
    shop.service(Inventory).kill().await.unwrap();
    let waiting = buyer.buy("waiting").await.unwrap().expect(202).json::<Order>().id;
    let backup = back_up(&shop).await;
    shop.service(Inventory).start_again().unwrap();
    shop.service(Inventory).ready(PATIENCE).await.unwrap();

    // Later: the waiting order completes, and two more do. Then refunds, also of the one that
    // waited, a decline, and an order that is authorized when everything stops.
    assert_eq!(buyer.completed("waiting").await, waiting);
    let lost = buyer.completed("lost").await;
    let lost_too = buyer.completed("lost-too").await;
    let one = json!({"items": [{"sku": sku, "quantity": 1}], "restock": true});
    let all = json!({"restock": true});
    for (order, body) in [(before, &all), (partly, &one), (lost_too, &one), (waiting, &one)] {
        let _refund = refund(&admin, order, "r", body).await.expect(201);
    }
    let declined_later = buyer.declined("declined-later").await;
    shop.service(Payment).stop().await.unwrap();
    shop.service(Payment).start_with(&[("FAIL_POINT", "payment.confirm.before")]).unwrap();
    shop.service(Payment).ready(PATIENCE).await.unwrap();
    assert!(buyer.buy("cut-off").await.is_err(), "Payment dies");
    let cut_off: Vec<OrderId> = books(&shop)
        .await
        .into_iter()
        .filter(|(_, (state, ..))| state == "authorized")
        .map(|(id, _)| id)
        .collect();
    assert_eq!(cut_off.len(), 1);

    shop.service(Inventory).stop().await.unwrap();
    shop.service(Payment).died(PATIENCE).await.unwrap();
    put_back(&shop, &backup).await;
    shop.service(Inventory).start_again().unwrap();
    shop.service(Payment).start_with(&[("FAIL_POINT", "payment.restore.undone@2")]).unwrap();
    unready(&access).await;
    refused(&buyer, &admin, before).await;
    let said = shop.bootstrap().await.err().unwrap().to_string();
    assert!(said.contains("the store is stale") && said.contains("after-restore"), "{said}");
    let said = shop.bootstrap_with(&["raise-epoch"], &[]).await.err().unwrap().to_string();
    assert!(said.contains("after-restore"), "a restored store is no backup's to cover: {said}");

    // The Payment Service dies during the job, and the job dies twice.
    let mut job = mend(&shop);
    shop.service(Payment).died(PATIENCE).await.unwrap();
    job.kill().unwrap();
    job.wait().unwrap();
    shop.service(Payment).start_again().unwrap();
    unready(&access).await;
    let dies = [("FAIL_POINT", "bootstrap.epoch.between")];
    let said = shop.bootstrap_with(&["after-restore"], &dies).await.err().unwrap().to_string();
    for order in [lost, lost_too, before, partly, declined_later, cut_off[0], waiting] {
        assert!(said.contains(&order.to_string()), "{order} is not in the report: {said}");
    }
    assert!(!said.contains(&declined.to_string()) && !said.contains("person"), "{said}");
    let (status, _) = epoch_check(&access, Payment).await;
    assert_eq!(status, 503, "Inventory's store alone counts as whole");
    let said = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    assert!(said.contains("are at epoch 4"), "{said}");
    ready(&mut shop).await;

    // Every key finds its order, and no customer is charged for a lost order.
    let gone = async |key: &str| buyer.ended(key).await.refused(409, "order_lost").order_id.unwrap();
    assert_eq!((buyer.completed("before").await, buyer.completed("partly").await), (before, partly));
    assert_eq!(buyer.declined("declined-before").await, declined);
    assert_eq!(
        (gone("lost").await, gone("lost-too").await, gone("waiting").await),
        (lost, lost_too, waiting)
    );
    assert_eq!((gone("declined-later").await, gone("cut-off").await), (declined_later, cut_off[0]));
    let told = orders(&[&buyer.customer]).await;
    let status = |id| told.iter().find(|order| order.id == id).map(|order| order.status);
    assert_eq!(status(before), Some(OrderStatus::Refunded));
    assert_eq!(status(partly), Some(OrderStatus::PartiallyRefunded));
    assert_eq!(told.len(), 8);
    agree(&shop, &[&buyer.customer]).await;
    // The units that the lost refunds restocked are lost with them. The report of after-restore
    // lists those refunds.
    let stock = until(PATIENCE, async || admin.stock(&sku).await, |(_, reserved)| *reserved == 0).await;
    assert_eq!(stock, (STOCK - 4, 0));

    // A second run changes nothing, and the shop goes on.
    let money = books(&shop).await;
    let said = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    assert!(said.contains("nothing to do"), "{said}");
    let said = shop.bootstrap_with(&["after-restore", "--all"], &[]).await.unwrap();
    assert!(said.contains(": 8: 8 agree"), "{said}");
    assert_eq!(books(&shop).await, money);
    assert_eq!(orders(&[&buyer.customer]).await, told);
    let _again =
        refund(&admin, partly, "r2", &json!({"refunds_seen": 2})).await.refused(422, "validation_error");
    let _next = buyer.completed("next").await;
    agree(&shop, &[&buyer.customer]).await;
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn backups_and_restarts_leave_a_shop_ready() {
    let mut shop = start("restarts").await;
    let access = Access::to(&shop);
    for epoch in [2, 3] {
        let said = shop.bootstrap_with(&["raise-epoch"], &[]).await.unwrap();
        assert!(said.contains(&format!("epoch: {epoch}")), "{said}");
    }
    let dies = [("FAIL_POINT", "bootstrap.epoch.between")];
    assert!(shop.bootstrap_with(&["raise-epoch"], &dies).await.is_err());
    shop.redis.crash_and_restart().await.unwrap();
    for service in [Payment, Inventory] {
        shop.service(service).stop().await.unwrap();
        shop.service(service).start_again().unwrap();
    }
    ready(&mut shop).await;
    assert_eq!(epoch_check(&access, Payment).await, (200, "ok".to_owned()));
    let said = shop.bootstrap().await.unwrap();
    assert!(said.contains("epoch: 3"), "{said}");
    // A known epoch stays known: no service needs the User Service for its own readiness later.
    shop.service(User).kill().await.unwrap();
    assert_eq!(epoch_check(&access, Inventory).await, (200, "ok".to_owned()));
    shop.service(User).start_again().unwrap();
    shop.service(User).ready(PATIENCE).await.unwrap();
    // Inventory knows the epoch of the interrupted raise, so after-restore must not end below it.
    lose(&shop, &KEPT).await;
    let _mended = shop.bootstrap_with(&["after-restore"], &[]).await.unwrap();
    ready(&mut shop).await;
    let said = shop.bootstrap_with(&["raise-epoch"], &[]).await.unwrap();
    assert!(said.contains("epoch: 5"), "{said}");
    shop.stop().await.unwrap();
}
