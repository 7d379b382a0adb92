//! An account is closed while its orders are in progress.

use estore_contract::{
    OrderId, Page,
    payment::{Order, OrderStatus, PaymentMethod, Transaction},
    privacy::PaymentExport,
};
use estore_testbed::{
    ServiceName::{Payment, User},
    Shop,
};
use estore_tests::{Access, Answer, CARD, Customer, Method, unique_id, until};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use uuid::Uuid;

use super::stand::{PATIENCE, Store, call, close, restart, start};

const NAME: &str = "Wilhelmina Canary";
const STREET: &str = "77 Canary Row";
const SKU: &str = "MUG-ENAMEL-01";

async fn list<T: DeserializeOwned>(customer: &Customer, path: &str) -> Vec<T> {
    customer.get(Payment, &format!("{path}?limit=100")).await.expect(200).json::<Page<T>>().items
}

/// Registers a customer with a name, and saves a card under an idempotency key.
async fn person(access: &Access, shop: &Shop) -> (Customer, Uuid, PaymentMethod) {
    let customer = Customer::register(access, &shop.mailbox).await;
    let named = customer.request(Method::PATCH, User, "/me").json(&json!({"name": NAME}));
    let me = Answer::of(named).await.expect(200).value();
    let card = json!({"payment_type": "Card", "details": {"card_number": CARD, "expiry_month": 12, "expiry_year": 2029, "cvc": "123"}});
    let saved =
        customer.request(Method::POST, Payment, "/payment-methods").header("Idempotency-Key", "the-card");
    let saved = Answer::of(saved.json(&card)).await.expect(201).json();
    (customer, me["id"].as_str().unwrap().parse().unwrap(), saved)
}

fn purchase(card: &PaymentMethod) -> Value {
    let address = json!({"line1": STREET, "city": "Norwich", "postal_code": "NR1 3JU", "country": "GB"});
    json!({"items": [{"sku": SKU, "quantity": 2}], "payment_method_id": card.id, "shipping_address": address})
}

/// Starts an order at which the Payment Service dies at `place`. Then starts the service again,
/// which leaves the order alone for now.
async fn left_behind(shop: &mut Shop, customer: &Customer, user: Uuid, body: &Value, place: &str) -> OrderId {
    restart(shop, &[("FAIL_POINT", place)]).await;
    assert!(Answer::try_of(customer.order_request(place, body)).await.is_err(), "it dies");
    let _how = shop.service(Payment).died(PATIENCE).await.unwrap();
    shop.service(Payment).start_again().unwrap();
    shop.service(Payment).ready(PATIENCE).await.unwrap();
    OrderId::of(user.into(), place)
}

#[tokio::test]
async fn closing_unwinds_open_orders_and_erases_personal_data() {
    let mut shop = start("closing").await;
    let access = Access::to(&shop);
    let admin = Customer::admin(&access).await;
    let (customer, user, card) = person(&access, &shop).await;
    let body = purchase(&card);
    let sold: Order = Answer::of(customer.order_request("sold", &body)).await.expect(201).json();
    let (on_hand, _) = admin.stock(SKU).await;
    let undone = left_behind(&mut shop, &customer, user, &body, "payment.authorize.before").await;
    let sealing = left_behind(&mut shop, &customer, user, &body, "payment.confirm.before").await;
    assert_eq!(admin.stock(SKU).await, (on_hand, 4));
    let status = async |id: OrderId| {
        customer.get(Payment, &format!("/orders/{id}")).await.expect(200).json::<Order>().status
    };
    assert_eq!([status(undone).await, status(sealing).await], [OrderStatus::Pending; 2]);

    let path = format!("/internal/users/{user}");
    let told = call(&shop, "user", Method::GET, &format!("{path}/export")).await.unwrap().expect(200);
    assert_eq!(told.header("content-type"), "application/json");
    let told: PaymentExport = told.json();
    let ledger: Vec<Transaction> = list(&customer, "/transactions").await;
    assert_eq!(told.payment_methods, std::slice::from_ref(&card));
    assert_eq!((told.orders.len(), &told.orders), (3, &list(&customer, "/orders").await));
    assert_eq!((told.transactions.len(), &told.transactions), (3, &ledger));
    for peer in ["payment", "verification", "inventory", "bootstrap"] {
        for (method, path) in [(Method::DELETE, path.clone()), (Method::GET, format!("{path}/export"))] {
            let _refused = call(&shop, peer, method, &path).await.unwrap().refused(403, "forbidden");
        }
    }
    let store = Store::open(&shop).await;
    let canaries = [STREET, "sealed", "the-card"];
    for canary in canaries {
        assert!(!store.holding(&[canary]).await.is_empty(), "{canary} is there to be erased");
    }
    // The service looks these up when it sends an email, and does not store them.
    assert_eq!(store.holding(&[&customer.email, NAME]).await, [""; 0]);

    for _ in 0..2 {
        let _closed = close(&shop, user).await.unwrap().expect(204);
    }
    let ended = until(PATIENCE, async || status(undone).await, |now| *now == OrderStatus::Cancelled).await;
    assert_eq!((ended, status(sealing).await), (OrderStatus::Cancelled, OrderStatus::Pending));
    let held = async || admin.stock(SKU).await;
    let _back = until(PATIENCE, held, |stock| *stock == (on_hand, 2)).await;
    // A confirming order is left to the worker that has its lease. No worker does, so the order
    // becomes due here.
    assert_eq!(store.holding(&[STREET]).await, [format!("{{pay}}:o:{sealing}")]);
    let _: i64 = store.ask(&["ZADD", "{pay}:work", "1", &sealing.to_string()]).await;
    let _sold = until(PATIENCE, async || status(sealing).await, |now| *now == OrderStatus::Completed).await;
    assert_eq!(admin.stock(SKU).await, (on_hand - 2, 0));
    let left = store.holding(&canaries).await;
    assert!(left.is_empty(), "{left:?}");

    // The ledger remains and continues, and the customer gets no more emails.
    let kept: Order = customer.get(Payment, &format!("/orders/{}", sold.id)).await.expect(200).json();
    assert_eq!(kept, Order { shipping_address: None, updated_at: kept.updated_at, ..sold.clone() });
    let mails = shop.mailbox.messages_to(&customer.email).len();
    let refund = admin.request(Method::POST, Payment, &format!("/orders/{}/refunds", sold.id));
    let refund = Answer::of(refund.header("Idempotency-Key", "r").json(&json!({}))).await.expect(201).value();
    assert_eq!(refund["status"], "completed");
    let now: Vec<Transaction> = list(&customer, "/transactions").await;
    assert!(ledger.iter().all(|entry| now.contains(entry)));
    let waiting: i64 = store.ask(&["ZCARD", "{pay}:mail"]).await;
    assert_eq!((waiting, shop.mailbox.messages_to(&customer.email).len()), (0, mails));

    let _refused = Answer::of(customer.order_request("later", &body)).await.refused(403, "account_disabled");
    let card = json!({"payment_type": "Card", "details": {"card_number": CARD, "expiry_month": 12, "expiry_year": 2029, "cvc": "123"}});
    let _refused = customer.post(Payment, "/payment-methods", &card).await.refused(403, "account_disabled");
    let left = call(&shop, "user", Method::GET, &format!("{path}/export")).await.unwrap().expect(200);
    let left: PaymentExport = left.json();
    assert_eq!((left.payment_methods.len(), left.orders.len()), (0, 3));
    let refunds: Vec<_> = left.refunds.iter().map(|refund| (refund.order_id, refund.number)).collect();
    assert_eq!(refunds, [(sold.id, 1)]);
    let nobody = unique_id();
    let _closed = close(&shop, nobody).await.unwrap().expect(204);
    let nothing =
        call(&shop, "user", Method::GET, &format!("/internal/users/{nobody}/export")).await.unwrap();
    assert_eq!(nothing.text, r#"{"payment_methods":[],"orders":[],"transactions":[],"refunds":[]}"#);
    shop.stop().await.unwrap();
}
