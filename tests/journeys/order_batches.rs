//! Concurrent orders, whose reservations Payment changes together.

use estore_testbed::ServiceName::Inventory;
use estore_tests::{Access, Answer, CARD, Customer, access, is_given, peer, shop, unique_id};
use futures::future::join_all;
use serde_json::{Value, json};

const BATCH: &str = "/internal/reservations/batch";

/// Sends a batch to Inventory, as Payment does.
async fn ask(changes: &[Value]) -> Answer {
    let port = &shop().environment(Inventory)["INTERNAL_PORT"];
    let url = format!("https://127.0.0.1:{port}{BATCH}");
    Answer::of(peer(shop(), "payment").post(url).json(&json!({"changes": changes}))).await
}

/// Returns the number of batches that Inventory answered.
async fn answered(access: &Access) -> u64 {
    let port = &shop().environment(Inventory)["MANAGEMENT_PORT"];
    let url = format!("http://127.0.0.1:{port}/metrics");
    let metrics = Answer::of(access.http.get(url)).await.expect(200).text;
    let counts = metrics.lines().filter(|line| {
        line.starts_with("http_request_duration_seconds_count") && line.contains(&format!("\"{BATCH}\""))
    });
    counts.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

#[tokio::test]
async fn concurrent_orders_get_their_own_outcomes() {
    let access = access();
    let admin = Customer::admin(&access).await;
    let (good, sold_out) = (admin.add_product(100, 500).await, admin.add_product(0, 500).await);
    let skus = [good.as_str(), sold_out.as_str(), "NO-SUCH-SKU"];
    let buyers = join_all((0..3).map(|_| Customer::register(&access, Access::mailbox()))).await;
    let cards = join_all(buyers.iter().map(|buyer| buyer.save_card(CARD))).await;
    let orders = buyers.iter().zip(cards).flat_map(|(buyer, card)| (0..30).map(move |n| (buyer, card, n)));
    let answers = join_all(orders.map(|(buyer, card, n)| async move {
        let sku = skus[n % skus.len()];
        (sku, buyer.order(&format!("together-{n}"), card, sku, 1).await)
    }))
    .await;
    for (sku, answer) in answers {
        if sku == good {
            let order = answer.expect(201).value();
            assert_eq!((&order["status"], &order["items"][0]["sku"]), (&json!("completed"), &json!(good)));
            continue;
        }
        let (status, code) = if sku == sold_out { (409, "insufficient_stock") } else { (422, "unknown_sku") };
        let refused = answer.refused(status, code);
        assert_eq!(refused.details[0].sku.as_ref().unwrap().as_str(), sku);
    }
    assert_eq!(admin.stock(&good).await, (70, 0));
    if !is_given() {
        assert!(answered(&access).await > 0, "90 orders at once share some calls");
    }
}

#[tokio::test]
async fn refused_change_affects_no_other_in_batch() {
    if is_given() {
        return;
    }
    let access = access();
    let admin = Customer::admin(&access).await;
    let sku = admin.add_product(5, 100).await;
    let reserve = |order: uuid::Uuid, sku: &str, quantity: u32| json!({"reserve": {"order_id": order, "items": [{"sku": sku, "quantity": quantity}]}});
    let (first, second) = (unique_id(), unique_id());
    let changes = [
        reserve(first, &sku, 2),
        reserve(unique_id(), "NO-SUCH-SKU", 1),
        reserve(unique_id(), &sku, 6),
        json!({"confirm": unique_id()}),
        reserve(second, &sku, 3),
    ];
    let answer = ask(&changes).await.expect(200);
    // A repeat finds both holds, and is refused for the same reasons.
    assert_eq!(outcomes(&ask(&changes).await.expect(200)), outcomes(&answer));
    let wanted =
        [json!(first), json!("unknown_sku"), json!("insufficient_stock"), json!("reservation_unknown")];
    assert_eq!(outcomes(&answer), [&wanted[..], &[json!(second)]].concat());
    assert_eq!(admin.stock(&sku).await, (5, 5));

    let answer = ask(&[json!({"confirm": first}), json!({"confirm": second})]).await.expect(200);
    assert_eq!(outcomes(&answer), [json!(first), json!(second)]);
    assert_eq!(admin.stock(&sku).await, (0, 0));
}

/// Returns the order of each reservation, and the code of each refusal.
fn outcomes(answer: &Answer) -> Vec<Value> {
    let body = answer.value();
    let named = |outcome: &Value| match outcome.get("done") {
        Some(reservation) => reservation["order_id"].clone(),
        None => outcome["refused"]["code"].clone(),
    };
    body["outcomes"].as_array().unwrap().iter().map(named).collect()
}

#[tokio::test]
async fn batch_that_is_not_valid_changes_nothing() {
    if is_given() {
        return;
    }
    let access = access();
    let admin = Customer::admin(&access).await;
    let sku = admin.add_product(5, 100).await;
    let good = json!({"reserve": {"order_id": unique_id(), "items": [{"sku": sku, "quantity": 1}]}});
    let many: Vec<Value> = (0..101).map(|_| json!({"confirm": unique_id()})).collect();
    let empty = json!({"reserve": {"order_id": unique_id(), "items": []}});
    let both = json!({"confirm": unique_id(), "reserve": good["reserve"]});
    for wrong in [vec![], many, vec![good.clone(), empty], vec![good.clone(), both], vec![good, json!({})]] {
        let _refused = ask(&wrong).await.refused(422, "validation_error");
    }
    assert_eq!(admin.stock(&sku).await, (5, 0));
}
