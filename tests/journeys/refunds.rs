//! Refunds and cancellation: money and stock return once, and never more than was paid.

use std::time::Duration;

use estore_contract::{
    OrderId, Page,
    payment::{Account, Order, OrderStatus, Refund, RefundList, RefundStatus, Transaction, TransactionType},
};
use estore_testbed::ServiceName::Payment;
use estore_tests::{Access, Answer, CARD, Customer, access};
use futures::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

struct Scene {
    admin: Customer,
    customer: Customer,
    skus: [String; 2],
    order: OrderId,
}

/// An order of 3 units of the first product (500 each) and 2 of the second (200 each).
async fn scene() -> Scene {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let skus = [admin.add_product(10, 500).await, admin.add_product(10, 200).await];
    let card = customer.save_card(CARD).await;
    let body = json!({"items": [{"sku": skus[0], "quantity": 3}, {"sku": skus[1], "quantity": 2}], "payment_method_id": card});
    let order: Order = Answer::of(customer.order_request("bought", &body)).await.expect(201).json();
    Scene { admin, customer, skus, order: order.id }
}

impl Scene {
    async fn refund(&self, who: &Customer, key: &str, body: &Value) -> Answer {
        let request = who.request(Method::POST, Payment, &format!("/orders/{}/refunds", self.order));
        Answer::of(request.header("Idempotency-Key", key).json(body)).await
    }

    async fn order(&self) -> Order {
        self.customer.get(Payment, &format!("/orders/{}", self.order)).await.expect(200).json()
    }

    async fn stock(&self) -> [(i64, i64); 2] {
        [self.admin.stock(&self.skus[0]).await, self.admin.stock(&self.skus[1]).await]
    }
}

#[tokio::test]
async fn lines_are_refunded_until_nothing_is_left() {
    let scene = scene().await;
    let two =
        json!({"items": [{"sku": scene.skus[0], "quantity": 2}], "reason": "too many", "restock": true});
    let answer = scene.refund(&scene.admin, "r1", &two).await.expect(201);
    let first: Refund = answer.json();
    assert_eq!((first.number, first.status, first.amount.amount), (1, RefundStatus::Completed, 1000));
    assert_eq!((first.restock, first.reason.as_deref()), (true, Some("too many")));
    assert_eq!(scene.stock().await, [(9, 0), (8, 0)], "two of three are back on sale");
    let order = scene.order().await;
    assert_eq!((order.status, order.refunded.unwrap().amount), (OrderStatus::PartiallyRefunded, 1000));

    // The same request again returns the same refund.
    let again = scene.refund(&scene.admin, "r1", &two).await.expect(201);
    assert_eq!((again.header("idempotent-replayed"), &again.text), ("true", &answer.text));
    let _other = scene.refund(&scene.admin, "r1", &json!({})).await.refused(422, "idempotency_key_reused");

    // Only one unit of the first product is left.
    let more =
        json!({"items": [{"sku": scene.skus[1], "quantity": 1}, {"sku": scene.skus[0], "quantity": 2}]});
    let refused = scene.refund(&scene.admin, "r2", &more).await.refused(422, "validation_error");
    assert_eq!(refused.details[0].field, "items[1].quantity");
    let unknown = json!({"items": [{"sku": "NOTHING", "quantity": 1}]});
    let _refused = scene.refund(&scene.admin, "r3", &unknown).await.refused(422, "validation_error");

    // Refunds the rest without restocking.
    let rest: Refund =
        scene.refund(&scene.admin, "r4", &json!({"reason": "goodwill"})).await.expect(201).json();
    assert_eq!((rest.number, rest.amount.amount), (2, 900));
    assert_eq!(scene.stock().await, [(9, 0), (8, 0)]);
    assert_eq!(scene.order().await.status, OrderStatus::Refunded);
    let _nothing = scene.refund(&scene.admin, "r5", &json!({})).await.refused(422, "validation_error");
    let replayed = scene.refund(&scene.admin, "r4", &json!({"reason": "goodwill"})).await.expect(201);
    assert_eq!(replayed.header("idempotent-replayed"), "true");

    // The owner sees the refunds. The ledger has each one once, and balances.
    let list: RefundList =
        scene.customer.get(Payment, &format!("/orders/{}/refunds", scene.order)).await.expect(200).json();
    assert_eq!(list.items.len(), 2);
    let ledger: Page<Transaction> = scene.customer.get(Payment, "/transactions").await.expect(200).json();
    let refunds: Vec<_> = ledger
        .items
        .iter()
        .filter(|entry| entry.kind == TransactionType::Refund)
        .map(|entry| (entry.refund_number, entry.amount.amount))
        .collect();
    assert_eq!(refunds, [(Some(2), 900), (Some(1), 1000)]);
    for (account, balance) in [(Account::Authorized, 0), (Account::Shop, 0), (Account::Customer, 0)] {
        let sum: i64 = ledger
            .items
            .iter()
            .map(|entry| {
                i64::from(entry.debit == account) * entry.amount.amount
                    - i64::from(entry.credit == account) * entry.amount.amount
            })
            .sum();
        assert_eq!(sum, balance, "{account:?}");
    }
}

#[tokio::test]
async fn parallel_refunds_never_exceed_the_amount_paid() {
    let scene = scene().await;
    let one = json!({"items": [{"sku": scene.skus[0], "quantity": 1}], "restock": true});
    let keys: Vec<String> = (0..12).map(|n| format!("n{}", n % 6)).collect();
    let answers = join_all(keys.iter().map(|key| scene.refund(&scene.admin, key, &one))).await;
    let mut numbers: Vec<u32> = answers
        .iter()
        .filter(|answer| answer.status == 201)
        .map(|answer| answer.json::<Refund>().number)
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 3, "three units, three refunds");
    assert!(answers.iter().all(|answer| matches!(answer.status, 201 | 422)));
    assert_eq!(scene.stock().await, [(10, 0), (8, 0)]);
    assert_eq!(scene.order().await.refunded.unwrap().amount, 1500);
}

#[tokio::test]
async fn refund_needs_admin_completed_order_and_key() {
    let scene = scene().await;
    let _customer = scene.refund(&scene.customer, "mine", &json!({})).await.refused(403, "forbidden");
    let path = format!("/orders/{}/refunds", scene.order);
    let bare = scene.admin.request(Method::POST, Payment, &path).json(&json!({}));
    let _keyless = Answer::of(bare).await.refused(400, "idempotency_key_required");
    let nowhere = "/orders/0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01/refunds";
    let request = scene.admin.request(Method::POST, Payment, nowhere).header("Idempotency-Key", "x");
    let _nowhere = Answer::of(request.json(&json!({}))).await.refused(404, "not_found");
    let stranger = Customer::register(&access(), Access::mailbox()).await;
    let _hidden = stranger.get(Payment, &path).await.refused(404, "not_found");

    let declined = scene.customer.save_card("4000000000000002").await;
    let refused =
        scene.customer.order("no", declined, &scene.skus[0], 1).await.refused(402, "payment_declined");
    let path = format!("/orders/{}/refunds", refused.order_id.unwrap());
    let request = scene.admin.request(Method::POST, Payment, &path).header("Idempotency-Key", "x");
    let _never_paid = Answer::of(request.json(&json!({}))).await.refused(409, "order_not_refundable");
}

#[tokio::test]
async fn completed_order_cannot_be_cancelled() {
    let scene = scene().await;
    let cancel = |who: &Customer, order: OrderId| {
        Answer::of(who.request(Method::POST, Payment, &format!("/orders/{order}/cancel")))
    };
    for _ in 0..2 {
        let _final = cancel(&scene.customer, scene.order).await.refused(409, "order_final");
    }
    let stranger = Customer::register(&access(), Access::mailbox()).await;
    let _hidden = cancel(&stranger, scene.order).await.refused(404, "not_found");
    let declined = scene.customer.save_card("4000000000000002").await;
    let refused =
        scene.customer.order("no", declined, &scene.skus[0], 1).await.refused(402, "payment_declined");
    let order: Order = cancel(&scene.customer, refused.order_id.unwrap()).await.expect(200).json();
    assert_eq!(order.status, OrderStatus::Cancelled);
}

#[tokio::test]
async fn confirmation_and_refund_notice_are_emailed_once() {
    let scene = scene().await;
    let one = json!({"items": [{"sku": scene.skus[0], "quantity": 1}]});
    let _refunded = scene.refund(&scene.admin, "r1", &one).await.expect(201);
    let _again = scene.refund(&scene.admin, "r1", &one).await.expect(201);
    // The first email verified the address.
    let mails = Access::mailbox().wait_for(&scene.customer.email, 3, Duration::from_secs(30)).await.unwrap();
    let order = scene.order.number().to_string();
    let of = |word: &str| mails.iter().filter(|mail| mail.text.contains(word)).collect::<Vec<_>>();
    let (confirmed, refunded) = (of("confirmed and paid"), of("back to your card"));
    assert_eq!((confirmed.len(), refunded.len()), (1, 1));
    assert!(confirmed[0].subject.contains(&order) && confirmed[0].text.contains("3 x Test thing: 15.00 USD"));
    assert!(confirmed[0].text.contains("Total: 19.00 USD") && confirmed[0].text.contains("Hello Ada"));
    assert!(refunded[0].text.contains("5.00 USD") && refunded[0].text.contains(&order));
}
