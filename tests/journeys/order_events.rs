//! The events of an order, as a browser's `EventSource` reads them.

use std::time::Duration;

use estore_contract::payment::{OrderStatus, OrderStep, OrderWithTimeline};
use estore_testbed::{
    ServiceName::{Inventory, Payment},
    Shop,
};
use estore_tests::{Access, Answer, CARD, Customer, access, directory, fresh, is_given, until_logged};
use reqwest::Method;

const PATIENCE: Duration = Duration::from_mins(1);

/// An event: its id and its data.
type Event = (u64, OrderWithTimeline);

/// Reads one stream to its end.
async fn stream(customer: &Customer, order: &str, last: Option<u64>) -> Answer {
    let mut request = customer.request(Method::GET, Payment, &format!("/orders/{order}/events"));
    if let Some(last) = last {
        request = request.header("Last-Event-ID", last.to_string());
    }
    Answer::of(request).await
}

/// Parses the events of a stream.
fn events(answer: &Answer) -> Vec<Event> {
    assert_eq!(answer.header("content-type"), "text/event-stream");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(answer.text.starts_with("retry: 1000\n\n"), "{}", answer.text);
    let fields = |event: &str| {
        let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        if field("event") != Some("order") {
            return None;
        }
        Some((field("id")?.parse().unwrap(), serde_json::from_str(field("data")?).unwrap()))
    };
    answer.text.split("\n\n").filter_map(fields).collect()
}

/// Follows an order to its end, and connects again as a browser does.
async fn follow(customer: &Customer, order: &str) -> Vec<Event> {
    let mut seen = Vec::<Event>::new();
    for _ in 0..20 {
        let answer = stream(customer, order, seen.last().map(|(id, _)| *id)).await;
        if answer.status == 204 {
            return seen;
        }
        seen.extend(events(&answer.expect(200)));
    }
    panic!("the order never ends: {seen:?}");
}

#[tokio::test]
async fn stream_of_a_final_order_ends_at_once() {
    let access = access();
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, Access::mailbox()).await);
    let (sku, card) = (admin.add_product(5, 500).await, customer.save_card(CARD).await);
    let order = customer.order("one", card, &sku, 1).await.expect(201).value();
    let (id, number) = (order["id"].as_str().unwrap(), order["number"].as_str().unwrap());
    let details: OrderWithTimeline = customer.get(Payment, &format!("/orders/{id}")).await.expect(200).json();
    for (reader, name) in [(&customer, id), (&customer, number), (&admin, number)] {
        let found = events(&stream(reader, name, None).await.expect(200));
        assert_eq!(found, [(4, details.clone())]);
    }
    // A client that saw an earlier state gets the final one, and one that saw that gets no stream.
    assert_eq!(events(&stream(&customer, id, Some(2)).await.expect(200)).len(), 1);
    let seen = stream(&customer, id, Some(4)).await.expect(204);
    assert!(seen.text.is_empty());
    let other = Customer::register(&access, Access::mailbox()).await;
    for name in [id, number] {
        let _hidden = stream(&other, name, None).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn stream_shows_the_order_until_it_ends() {
    if is_given() {
        return;
    }
    let mut shop = Shop::start(fresh(directory("order-events"), &[])).await.unwrap();
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    shop.service(Inventory).kill().await.unwrap();
    let mut pending = Vec::new();
    for key in ["goes-on", "is-cancelled"] {
        let order = customer.order(key, card, "MUG-ENAMEL-01", 1).await.expect(202).value();
        pending.push(order["id"].as_str().unwrap().to_owned());
    }

    // The stream is open before the order is cancelled, and hears of it at once.
    let path = format!("/orders/{}", pending[1]);
    let open = customer.request(Method::GET, Payment, &format!("{path}/events")).send();
    let mut open = open.await.unwrap();
    let headers = open.headers().clone();
    let begun = open.chunk().await.unwrap().unwrap();
    let cancel = customer.request(Method::POST, Payment, &format!("{path}/cancel"));
    assert!(matches!(Answer::of(cancel).await.status, 200 | 202));
    until_logged(PATIENCE, shop.service(Payment), &[&pending[1], r#""by":"customer""#]).await;
    let text = String::from_utf8(begun.to_vec()).unwrap() + &open.text().await.unwrap();
    let first = events(&Answer { status: 200, headers, text });
    let steps: Vec<OrderStep> =
        first.iter().filter_map(|(_, order)| Some(order.timeline.last()?.state)).collect();
    assert_eq!(steps[..2], [OrderStep::Accepted, OrderStep::Cancelling]);

    let (seen, ()) = tokio::join!(follow(&customer, &pending[0]), async {
        shop.service(Inventory).start_again().unwrap();
        shop.service(Inventory).ready(PATIENCE).await.unwrap();
    });
    let (_, start) = seen.first().unwrap();
    let (version, end) = seen.last().unwrap();
    assert_eq!((start.order.status, end.order.status), (OrderStatus::Pending, OrderStatus::Completed));
    assert_eq!(*version, 4);
    assert!(seen.is_sorted_by(|one, other| one.0 < other.0), "{seen:?}");
    assert_eq!(end.timeline.len(), 4);
    let end = follow(&customer, &pending[1]).await.pop().unwrap().1;
    assert_eq!(end.order.status, OrderStatus::Cancelled);
    shop.stop().await.unwrap();
}
