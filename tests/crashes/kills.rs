//! Kill -9 of any one part while customers order, and its restart: no wrong answer afterwards.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use estore_contract::{
    OrderId, Page, PaymentMethodId,
    payment::{Order, OrderStatus, Transaction, TransactionType},
};
use estore_stage::{
    ServiceName::{self, Payment},
    Shop,
};
use estore_tests::{Access, Answer, CARD, Customer, directory, options, until};
use futures::future::join_all;
use serde_json::json;

const BUYERS: usize = 6;
const STOCK: i64 = 100_000;
const PATIENCE: Duration = Duration::from_mins(1);

/// What a buyer was told of each key: the last answer, where one came.
type Told = BTreeMap<String, Option<Answer>>;

/// Orders one piece after the other, each under its own key, until told to stop. An answer that does not come is asked
/// for again with the same key, a few times.
async fn buy(customer: Customer, card: PaymentMethodId, sku: String, stop: Arc<AtomicBool>) -> Told {
    let mut told = Told::new();
    let mut n = 0;
    while !stop.load(Ordering::Relaxed) {
        n += 1;
        let key = format!("n{n}");
        let body = json!({"items": [{"sku": sku, "quantity": 1}], "payment_method_id": card});
        let mut last = None;
        for _ in 0..3 {
            match Answer::try_of(customer.order_request(&key, &body)).await {
                Ok(answer) if answer.status < 500 && answer.status != 401 => {
                    last = Some(answer);
                    break;
                }
                Ok(answer) => assert_eq!(answer.status, 503, "{}", answer.text),
                Err(_nobody_there) => tokio::task::yield_now().await,
            }
        }
        told.insert(key, last);
    }
    told
}

/// Every key's order is final once asked for again; what was said before still holds.
async fn settle(customer: &Customer, card: PaymentMethodId, sku: &str, told: &Told) -> Vec<Order> {
    let body = json!({"items": [{"sku": sku, "quantity": 1}], "payment_method_id": card});
    let mut orders = Vec::new();
    for (key, before) in told {
        let now = until(
            PATIENCE,
            async || Answer::of(customer.order_request(key, &body)).await,
            |answer| !matches!(answer.status, 202 | 503),
        )
        .await;
        let id: OrderId = match now.status {
            201 => now.json::<Order>().id,
            _ => now.clone().refused(409, "order_timed_out").order_id.unwrap(),
        };
        if let Some(before) = before.as_ref().filter(|before| before.status == 201) {
            assert_eq!(
                (now.status, before.json::<Order>().id),
                (201, id),
                "what was completed stays completed"
            );
        }
        orders.push(customer.get(Payment, &format!("/orders/{id}")).await.expect(200).json());
    }
    orders
}

async fn ledger(customer: &Customer) -> Vec<Transaction> {
    let (mut entries, mut cursor) = (Vec::new(), String::new());
    loop {
        let page: Page<Transaction> =
            customer.get(Payment, &format!("/transactions?limit=100{cursor}")).await.expect(200).json();
        entries.extend(page.items);
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return entries,
        }
    }
}

/// Lets customers order while `fault` does its work, then compares everything with everything.
async fn survive(name: &str, fault: impl AsyncFnOnce(&mut Shop)) {
    let directory = directory(&format!("crash-{name}"));
    Shop::erase(&directory).unwrap();
    let settings = [("LEASE_SECONDS", "2"), ("HOLD_SECONDS", "20"), ("SWEEP_SECONDS", "0.5")];
    let mut shop = Shop::start(options(directory, &settings)).await.unwrap();
    let access = Access::to(&shop);
    let admin = Customer::admin(&access).await;
    let sku = admin.add_product(STOCK, 250).await;
    let mut buyers = Vec::new();
    for _ in 0..BUYERS {
        let customer = Customer::register(&access, &shop.mailbox).await;
        let card = customer.save_card(CARD).await;
        buyers.push((customer, card));
    }
    let enough = Arc::new(AtomicBool::new(false));
    let buying: Vec<_> = buyers
        .iter()
        .map(|(customer, card)| tokio::spawn(buy(customer.clone(), *card, sku.clone(), enough.clone())))
        .collect();
    let sold = async || STOCK - admin.stock(&sku).await.0;
    let before = until(PATIENCE, sold, |sold| *sold >= 30).await;
    fault(&mut shop).await;
    let sold = async || STOCK - admin.stock(&sku).await.0;
    let _goes_on = until(PATIENCE, sold, |sold| *sold >= before + 30).await;
    enough.store(true, Ordering::Relaxed);
    let told: Vec<Told> = join_all(buying).await.into_iter().map(Result::unwrap).collect();

    let mut completed = 0;
    for ((customer, card), told) in buyers.iter().zip(&told) {
        let orders = settle(customer, *card, &sku, told).await;
        let entries = ledger(customer).await;
        for order in &orders {
            let count = |kind: TransactionType| {
                entries.iter().filter(|entry| entry.order_id == order.id && entry.kind == kind).count()
            };
            let done = order.status == OrderStatus::Completed;
            completed += i64::from(done);
            assert_eq!(
                count(TransactionType::Capture),
                usize::from(done),
                "captured exactly where completed: {order:?}"
            );
            assert_eq!(
                count(TransactionType::Authorization),
                count(TransactionType::Capture) + count(TransactionType::Void),
                "nothing stays authorized: {order:?}"
            );
        }
    }
    let stock = until(PATIENCE, async || admin.stock(&sku).await, |(_, reserved)| *reserved == 0).await;
    assert_eq!(stock, (STOCK - completed, 0), "sold exactly what was completed");
    shop.stop().await.unwrap();
}

async fn kill_and_restart(shop: &mut Shop, name: ServiceName) {
    shop.service(name).kill().await.unwrap();
    shop.service(name).start_again().unwrap();
    shop.service(name).ready(PATIENCE).await.unwrap();
}

#[tokio::test]
async fn the_payment_service_may_die() {
    survive("payment", async |shop| kill_and_restart(shop, Payment).await).await;
}

#[tokio::test]
async fn the_inventory_service_may_die() {
    survive("inventory", async |shop| kill_and_restart(shop, ServiceName::Inventory).await).await;
}

#[tokio::test]
async fn the_user_and_the_verification_service_may_die() {
    survive("user", async |shop| {
        kill_and_restart(shop, ServiceName::User).await;
        kill_and_restart(shop, ServiceName::Verification).await;
        let access = Access::to(shop);
        let _works = Customer::register(&access, &shop.mailbox).await;
    })
    .await;
}

#[tokio::test]
async fn redis_and_postgres_may_die() {
    survive("stores", async |shop| {
        shop.redis.crash_and_restart().await.unwrap();
        shop.postgres.crash_and_restart().await.unwrap();
    })
    .await;
}
