//! Orders by their number, and by the filters of lists.

use estore_contract::{
    OrderId, Page,
    payment::{Order, OrderStep, OrderWithTimeline},
};
use estore_testbed::ServiceName::Payment;
use estore_tests::{Access, Answer, CARD, Customer, access};
use reqwest::Method;
use serde_json::json;

/// Returns the ids of a list of orders, from all its pages.
async fn listed(customer: &Customer, filter: &str) -> Vec<OrderId> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = format!("/orders?limit=2&{filter}{cursor}");
        let page: Page<Order> = customer.get(Payment, &path).await.expect(200).json();
        found.extend(page.items.iter().map(|order| order.id));
        match page.next_cursor {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return found,
        }
    }
}

#[tokio::test]
async fn number_names_an_order_wherever_its_id_does() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let other = Customer::register(&access, Access::mailbox()).await;
    let (sku, card) = (admin.add_product(5, 500).await, customer.save_card(CARD).await);
    let order: Order = customer.order("one", card, &sku, 2).await.expect(201).json();
    assert_eq!(order.number, order.id.number());
    let number = order.number.to_string();

    let written = [number.clone(), number.to_lowercase(), number.replace('-', "")];
    for path in written.iter().map(|number| format!("/orders/{number}")) {
        for reader in [&customer, &admin] {
            let found: OrderWithTimeline = reader.get(Payment, &path).await.expect(200).json();
            assert_eq!(found.order, order);
            let steps: Vec<OrderStep> = found.timeline.iter().map(|entry| entry.state).collect();
            let all = [OrderStep::Accepted, OrderStep::Reserved, OrderStep::Confirming, OrderStep::Completed];
            assert_eq!(steps, all);
            assert!(found.timeline.is_sorted_by_key(|entry| entry.at));
            assert_eq!(found.timeline[0].at, order.created_at);
        }
        let _hidden = other.get(Payment, &path).await.refused(404, "not_found");
        let refused = customer.request(Method::POST, Payment, &format!("{path}/cancel"));
        assert_eq!(Answer::of(refused).await.refused(409, "order_final").order_id, Some(order.id));
    }
    for unknown in ["0000-0000", "UUUU-UUUU", "K7QX", "x"] {
        let _none = admin.get(Payment, &format!("/orders/{unknown}")).await.refused(404, "not_found");
    }

    let refund = admin.request(Method::POST, Payment, &format!("/orders/{number}/refunds"));
    let body = json!({"items": [{"sku": sku, "quantity": 1}], "restock": true});
    let refund = Answer::of(refund.header("Idempotency-Key", "r").json(&body)).await.expect(201).value();
    assert_eq!(refund["order_id"], json!(order.id));
    let refunds = customer.get(Payment, &format!("/orders/{number}/refunds")).await.expect(200).value();
    assert_eq!(refunds["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn order_list_filters_by_number_sku_and_time() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let (one, two) = (admin.add_product(9, 500).await, admin.add_product(9, 500).await);
    let card = customer.save_card(CARD).await;
    let mut orders: Vec<Order> = Vec::new();
    for (key, sku) in [("a", &one), ("b", &two), ("c", &one), ("d", &one)] {
        orders.push(customer.order(key, card, sku, 1).await.expect(201).json());
    }
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
    let at = |n: usize| time(&orders[n]);
    for reader in [&customer, &admin] {
        assert_eq!(listed(reader, &format!("sku={one}")).await, [ids[3], ids[2], ids[0]]);
        assert_eq!(listed(reader, &format!("sku={two}")).await, [ids[1]]);
        assert_eq!(listed(reader, &format!("sku={two}&status=cancelled")).await, [] as [OrderId; 0]);
        let between = format!("sku={one}&from={}&to={}", at(1), at(3));
        assert_eq!(listed(reader, &between).await, [ids[2]]);
        let number = orders[2].number.to_string();
        assert_eq!(listed(reader, &format!("number={number}")).await, [ids[2]]);
    }
    let other = Customer::register(&access, Access::mailbox()).await;
    for filter in [format!("sku={one}"), format!("number={}", orders[0].number)] {
        assert_eq!(listed(&other, &filter).await, [] as [OrderId; 0]);
    }
    for (filter, field) in [
        ("number=K7QX".to_owned(), "number"),
        (format!("number={}&sku={one}", orders[0].number), "number"),
        ("from=yesterday".to_owned(), "from"),
        ("sku=%20".to_owned(), "sku"),
    ] {
        let refused = admin.get(Payment, &format!("/orders?{filter}")).await;
        assert_eq!(refused.refused(422, "validation_error").details[0].field, field, "{filter}");
    }
}

/// Returns the time of an order's creation, as its JSON has it.
fn time(order: &Order) -> String {
    json!(order)["created_at"].as_str().unwrap_or_default().to_owned()
}
