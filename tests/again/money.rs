//! Further processes of the Payment Service, in a shop that has sold before.

use std::time::Duration;

use estore_testbed::{Options, Service, ServiceName::Payment, Shop};
use estore_tests::{Access, Answer, CARD, Customer, connect_to_store, directory, fresh, until};
use redis::{Client, cmd};

const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until a process shows both counters of money in USD, at 0.
async fn shows_zero(access: &Access, process: &mut Service) {
    process.ready(PATIENCE).await.unwrap();
    let url = format!("http://127.0.0.1:{}/metrics", process.management_port);
    let metrics = async || Answer::of(access.http.get(&url)).await.expect(200).text;
    let line = |name: &str| format!("estore_{name}_minor_units_total{{currency=\"USD\"}} 0\n");
    let both = |text: &String| ["captured", "refunded"].iter().all(|name| text.contains(&line(name)));
    let _both = until(PATIENCE, metrics, both).await;
}

#[tokio::test]
async fn counters_of_money_begin_at_zero() {
    let options = fresh(directory("again-money"), &[]);
    let mut shop = Shop::start(Options { faults: true, ..options }).await.unwrap();
    let access = Access::to(&shop);
    let mut other = shop.another(Payment, &[]).unwrap();
    let admin = Customer::admin(&access).await;
    let sku = admin.add_product(10, 700).await;
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let _sold = customer.order("sold", card, &sku, 1).await.expect(201);
    shows_zero(&access, &mut other).await;

    // The same, had the shop sold ten days ago and not since.
    let client = Client::open(shop.redis_url("operator", 0)).unwrap();
    let mut redis = connect_to_store(&client).await.unwrap();
    let days: Vec<String> = cmd("KEYS").arg("{pay}:sales:*").query_async(&mut redis).await.unwrap();
    let (name, day) = days[0].rsplit_once(':').unwrap();
    let earlier = format!("{name}:{}", day.parse::<i64>().unwrap() - 10);
    cmd("RENAME").arg(&days[0]).arg(earlier).query_async::<()>(&mut redis).await.unwrap();
    let mut later = shop.another(Payment, &[]).unwrap();
    shows_zero(&access, &mut later).await;
    shop.stop().await.unwrap();
}
