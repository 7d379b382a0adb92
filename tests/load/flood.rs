//! Lists, searches and category changes beside orders, on a large catalogue. No call may hold Redis
//! for 1 ms, because no order moves meanwhile.

use std::{
    io::{self, Write},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use estore_testbed::{Options, ServiceName::Inventory, Shop};
use estore_tests::{
    Access, Answer, Customer, Method, RequestBuilder, connect_to_store, directory, fresh, unique_id, variable,
};
use futures::future::try_join;
use redis::Client;
use serde_json::{Value, json};
use tokio::{
    runtime::Builder,
    task::{JoinSet, spawn_blocking},
    time::{Instant, sleep_until},
};

use crate::p99;

/// Orders a second.
const ORDERS: u32 = 200;
/// Lists a second, searches a second, category changes a second.
const FLOOD: [u32; 3] = [300, 100, 2];
/// Seconds without the flood, and then with it.
const SECONDS: [u32; 2] = [30, 60];
/// The factor by which the p99 of an order may rise.
const CALM: f64 = 1.5;
/// The duration of a call that Redis reports as slow, in µs.
const SLOW: u32 = 1_000;
const SEARCHES: [&str; 4] = ["copper kettle", "oak", "foldable chair", "linen towel"];

/// Measures a shop with the catalogue of `CATALOG_DIR`. Returns true if the promises hold.
pub(crate) async fn measure() -> Result<bool> {
    let catalogue = variable("CATALOG_DIR").context("CATALOG_DIR")?;
    let settings =
        [("MAX_OPEN_ORDERS", "1000"), ("MAX_OPEN_UNITS", "1000000"), ("MAX_REQUESTS_PER_ADDRESS", "256")];
    let mut options = Options { faults: true, ..fresh(directory("flood"), &settings) };
    options.settings.bootstrap.insert("CATALOG_DIR".to_owned(), catalogue);
    let mut shop = Shop::start(options).await?;
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card("4242424242424242").await;
    let page = customer.get(Inventory, "/products?limit=100").await.expect(200).value();
    let skus = items(&page)?.iter().filter_map(|item| item.get("sku").cloned()).collect();
    let buyer = Buyer { customer: customer.clone(), card: json!(card), skus };
    let facets = customer.get(Inventory, "/facets").await.expect(200).value();
    let total = facets.get("total").context("the number of products")?;

    let alone = p99(apart(buyer.clone(), SECONDS[0]).await?);
    let mut redis = connect_to_store(&Client::open(shop.redis_url("operator", 0))?).await?;
    let mut ask = redis::pipe();
    ask.cmd("CONFIG").arg("SET").arg("slowlog-log-slower-than").arg(SLOW).ignore();
    ask.cmd("SLOWLOG").arg("RESET").ignore();
    ask.exec_async(&mut redis).await?;
    let admin = Customer::admin(&access).await;
    let (beside, flood) = try_join(apart(buyer, SECONDS[1]), flood(&customer, &admin)).await?;
    let beside = p99(beside);
    let slow: Vec<(i64, i64, i64, Vec<String>, String, String)> =
        redis::cmd("SLOWLOG").arg("GET").arg(10).query_async(&mut redis).await?;
    shop.stop().await?;

    let good = slow.is_empty() && beside <= alone * CALM;
    writeln!(
        io::stdout(),
        "{total} products, {ORDERS} orders/s for {} s beside {flood} lists, searches and category changes: p99 of an order \
         {alone:.1} ms alone, {beside:.1} ms beside them, {:.2} times (promised: at most {CALM}); calls of {SLOW} µs in Redis: \
         {} (promised: 0)",
        SECONDS[1],
        beside / alone,
        slow.len(),
    )?;
    for (_, _, took, command, ..) in slow {
        writeln!(
            io::stdout(),
            "slow: {took} µs, {}",
            command.into_iter().take(6).collect::<Vec<_>>().join(" ")
        )?;
    }
    Ok(good)
}

#[derive(Clone)]
struct Buyer {
    customer: Customer,
    card: Value,
    skus: Vec<Value>,
}

impl Buyer {
    fn order(&self, n: u32) -> RequestBuilder {
        let sku = self.skus.get(n as usize % self.skus.len());
        let body = json!({"items": [{"sku": sku, "quantity": 1}], "payment_method_id": self.card});
        self.customer.order_request(&unique_id().to_string(), &body)
    }
}

/// Orders on a thread of its own, so that no duration contains a wait behind the flood's requests.
async fn apart(buyer: Buyer, seconds: u32) -> Result<Vec<f64>> {
    let orders = move || {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        runtime.block_on(pace(ORDERS, seconds, |n| buyer.order(n)))
    };
    spawn_blocking(orders).await?
}

/// Sends lists, searches and category changes. Returns their number.
async fn flood(customer: &Customer, admin: &Customer) -> Result<usize> {
    let tree = customer.get(Inventory, "/categories").await.expect(200).value();
    let roots = items(&tree)?;
    let slugs: Vec<&str> = roots.iter().filter_map(|root| root.get("slug")?.as_str()).collect();
    let (first, last) = (slugs.first().context("a category")?, slugs.last().context("a category")?);
    let child = roots.first().and_then(|root| root.pointer("/children/0/slug")?.as_str());
    let moved = child.context("a child")?;
    let get =
        |path: &str, query: &[(&str, &str)]| customer.request(Method::GET, Inventory, path).query(query);
    let lists = |n: u32| {
        let price = (n % 50 * 100).to_string();
        get("/products", &[("category", *first), ("min_price", &price), ("sort", "price"), ("limit", "20")])
    };
    let searches = |n: u32| {
        let words = SEARCHES.get(n as usize % SEARCHES.len()).copied().unwrap_or_default();
        get("/products", &[("q", words), ("limit", "20")])
    };
    let changes = |n: u32| {
        let parent = if n.is_multiple_of(2) { last } else { first };
        let path = format!("/categories/{moved}");
        admin.request(Method::PUT, Inventory, &path).json(&json!({"name": moved, "parent": parent}))
    };
    let [list_rate, search_rate, change_rate] = FLOOD;
    let ((lists, searches), changes) = try_join(
        try_join(pace(list_rate, SECONDS[1], lists), pace(search_rate, SECONDS[1], searches)),
        pace(change_rate, SECONDS[1], changes),
    )
    .await?;
    Ok(lists.len() + searches.len() + changes.len())
}

/// Returns the items of a page of a list.
fn items(page: &Value) -> Result<&Vec<Value>> {
    page.get("items").and_then(Value::as_array).context("a list")
}

/// Sends requests that are due at `rate`. Returns the durations from the due times, in ms.
async fn pace(rate: u32, seconds: u32, request: impl Fn(u32) -> RequestBuilder) -> Result<Vec<f64>> {
    let began = Instant::now();
    let mut sent = JoinSet::new();
    for n in 0..rate * seconds {
        let due = began + Duration::from_secs(1) * n / rate;
        sleep_until(due).await;
        let request = request(n);
        sent.spawn(async move {
            let answer = Answer::try_of(request).await?;
            ensure!(answer.status < 300, "answered {}: {}", answer.status, answer.text);
            Ok(due.elapsed().as_secs_f64() * 1000.0)
        });
    }
    sent.join_all().await.into_iter().collect()
}
