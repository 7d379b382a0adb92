//! Parallel orders, and lists of many orders.

use std::collections::HashSet;

use estore_contract::payment::Order;
use estore_testbed::ServiceName::Payment;
use estore_tests::{Access, Answer, CARD, Customer, access};
use futures::future::join_all;
use serde_json::{Value, json};

#[tokio::test]
async fn parallel_requests_with_one_key_make_one_order() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let (sku, card) = (admin.add_product(100, 500).await, customer.save_card(CARD).await);
    let answers = join_all((0..50).map(|_| customer.order("one", card, &sku, 1))).await;
    let mut ids = HashSet::new();
    for answer in answers {
        assert!(matches!(answer.status, 201 | 202), "{} {}", answer.status, answer.text);
        ids.insert(answer.json::<Order>().id);
    }
    assert_eq!(ids.len(), 1);
    let order = customer.order("one", card, &sku, 1).await;
    assert!(matches!(order.status, 201 | 202));
    let list = customer.get(Payment, "/orders").await.expect(200).value();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(admin.stock(&sku).await, (99, 0));
    let ledger = customer.get(Payment, "/transactions").await.value();
    assert_eq!(ledger["items"].as_array().map(Vec::len), Some(2), "one authorization, one capture");
}

#[tokio::test]
async fn last_twenty_units_are_sold_exactly_once() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let sku = admin.add_product(20, 1000).await;
    // Ten accounts with twenty orders each, because an account may have fifty in progress.
    let buyers = join_all((0..10).map(|_| Customer::register(&access, Access::mailbox()))).await;
    let cards = join_all(buyers.iter().map(|buyer| buyer.save_card(CARD))).await;
    let orders = buyers.iter().zip(cards).flat_map(|(buyer, card)| (0..20).map(move |n| (buyer, card, n)));
    let answers = join_all(orders.map(|(buyer, card, n)| {
        let sku = sku.clone();
        async move { buyer.order(&format!("hot-{n}"), card, &sku, 1).await }
    }))
    .await;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    assert_eq!(
        (count(201), count(409)),
        (20, 180),
        "{:?}",
        answers.iter().map(|answer| answer.status).collect::<Vec<_>>()
    );
    assert!(
        answers
            .iter()
            .filter(|answer| answer.status == 409)
            .all(|answer| answer.value()["code"] == "insufficient_stock")
    );
    assert_eq!(admin.stock(&sku).await, (0, 0));
}

#[tokio::test]
async fn same_key_of_two_customers_makes_two_orders() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let sku = admin.add_product(10, 100).await;
    let mut orders: Vec<Value> = Vec::new();
    for _ in 0..2 {
        let customer = Customer::register(&access, Access::mailbox()).await;
        let card = customer.save_card(CARD).await;
        orders.push(customer.order("same", card, &sku, 1).await.expect(201).value());
    }
    assert_ne!(orders[0]["id"], orders[1]["id"]);
}

#[tokio::test]
async fn order_list_pages_through_every_order_once() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let (sku, card) = (admin.add_product(50, 100).await, customer.save_card(CARD).await);
    for n in 0..7 {
        let _order = customer.order(&format!("n{n}"), card, &sku, 1).await.expect(201);
    }
    for path in ["/orders", "/transactions"] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = customer.get(Payment, &format!("{path}?limit=3{cursor}")).await.expect(200).value();
            seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["id"].to_string()));
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), if path == "/orders" { 7 } else { 14 });
        assert_eq!(seen.iter().collect::<HashSet<_>>().len(), seen.len());
    }
    let other = Customer::register(&access, Access::mailbox()).await;
    assert_eq!(other.get(Payment, "/orders").await.value()["items"], json!([]));
    let body = json!({"items": []});
    let _empty = Answer::of(customer.order_request("empty", &body)).await.refused(422, "validation_error");
}

#[tokio::test]
async fn forged_cursor_is_refused() {
    let access = access();
    let admin = Customer::admin(&access).await;
    // Base64 of `"x"`, `["x"]` and `{}`, and two texts that are not base64.
    for forged in ["Ing", "WyJ4Il0", "e30", "!", "%00"] {
        for path in ["/orders", "/transactions", "/payment-methods"] {
            let refused =
                admin.get(Payment, &format!("{path}?cursor={forged}")).await.refused(422, "validation_error");
            assert_eq!(refused.details[0].field, "cursor");
        }
    }
}
