//! `estore-shopper serve`: load on demand, against a shop of its own.

use std::{collections::BTreeMap, time::Duration};

use anyhow::{Context, Result};
use estore_testbed::{Options, Service, ServiceName, Shop, free_port};
use estore_tests::{ADMIN, Access, Answer, Customer, PASSWORD, connect_to_store, directory, fresh, until};
use redis::{AsyncCommands, Client};
use serde_json::{Value, json};

const LIMIT: Duration = Duration::from_mins(2);
/// The hash of the answers about final orders.
const VIEWS: &str = "{pay}:views";

/// The metric of comparisons that failed.
const FAILURES: &str = r#"estore_job_failures_total{name="compare"}"#;

/// A shop, and the shopper that is to load it.
struct Stage {
    shop: Shop,
    shopper: Service,
    access: Access,
}

/// Starts a shop, named after its test, whose mailbox keeps so many emails.
async fn shop(name: &str, mails_kept: usize) -> Result<Shop> {
    Shop::start(Options { faults: true, mails_kept, ..fresh(directory(name), &[]) }).await
}

impl Stage {
    /// Starts the shopper beside a shop, with these settings in place of the usual ones.
    async fn start(shop: Shop, other: &[(&str, &str)]) -> Result<Self> {
        let url = |name: ServiceName| (format!("{}_URL", name.as_str().to_uppercase()), shop.url(name));
        let mut environment: BTreeMap<String, String> =
            ServiceName::WITH_STOREFRONT.into_iter().map(url).collect();
        let own = [
            ("MAIL_URL", format!("http://127.0.0.1:{}/messages", shop.mailbox.http_port)),
            ("ADMIN_EMAIL", ADMIN.0.to_owned()),
            ("ADMIN_PASSWORD", ADMIN.1.to_owned()),
            ("CUSTOMER_EMAIL", "visitor@example.com".to_owned()),
            ("CUSTOMER_PASSWORD", "a password for visitors".to_owned()),
            ("LOAD_BUYERS", "12".to_owned()),
            ("LOAD_SEED", "17".to_owned()),
            ("LISTEN_ADDRESS", "127.0.0.1".to_owned()),
            ("SERVICE_PORT", free_port()?.to_string()),
            ("MANAGEMENT_PORT", free_port()?.to_string()),
        ];
        environment.extend(own.map(|(name, value)| (name.to_owned(), value)));
        environment.extend(other.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let log = shop.directory().join("shopper.log");
        let mut shopper = Service::start_as("estore-shopper", &["serve"], environment, &log)?;
        shopper.ready(LIMIT).await?;
        Ok(Self { access: Access::to(&shop), shop, shopper })
    }

    async fn load(&self) -> Value {
        let url = format!("http://127.0.0.1:{}/load", self.shopper.port);
        Answer::of(self.access.http.get(url)).await.expect(200).value()
    }

    async fn turn(&self, body: &Value) -> Answer {
        let url = format!("http://127.0.0.1:{}/load", self.shopper.port);
        Answer::of(self.access.http.put(url).json(body)).await
    }

    /// Waits until the load is `good`.
    async fn until(&self, good: impl Fn(&Value) -> bool) -> Value {
        until(LIMIT, async || self.load().await, good).await
    }

    /// Returns the comparisons that failed so far.
    async fn failures(&self) -> u64 {
        let url = format!("http://127.0.0.1:{}/metrics", self.shopper.management_port);
        let metrics = Answer::of(self.access.http.get(url)).await.expect(200).text;
        let line = |line: &str| line.strip_prefix(FAILURES)?.trim().parse().ok();
        metrics.lines().find_map(line).unwrap_or_default()
    }

    /// Waits until one more comparison has failed. Returns the time of the last one that did not.
    async fn failed(&self) -> Value {
        let before = self.failures().await;
        let _failures = until(LIMIT, async || self.failures().await, |failures| *failures > before).await;
        self.load().await.pointer("/told/last_compared_at").cloned().unwrap_or_default()
    }

    /// Waits until the next comparison has ended.
    async fn compared(&self) -> Value {
        let time = |load: &Value| load.pointer("/told/last_compared_at").cloned();
        let before = time(&self.load().await);
        self.until(|load| time(load) != before).await
    }
}

fn count(load: &Value, name: &str) -> u64 {
    load.pointer(&format!("/counts/{name}")).and_then(Value::as_u64).unwrap_or_default()
}

/// Changes a completed order to a cancelled one, as its customer reads it. Returns its number.
async fn plant(stage: &Stage) -> Result<String> {
    let client = Client::open(stage.shop.redis_url("operator", 0))?;
    let mut redis = connect_to_store(&client).await?;
    let views: BTreeMap<String, String> = redis.hgetall(VIEWS).await?;
    let found = views.iter().find_map(|(id, view)| Some((id, view.strip_prefix("completed")?)));
    let (id, rest) = found.context("a completed order")?;
    let id: estore_contract::OrderId = id.parse()?;
    let _changed: u64 = redis.hset(VIEWS, id.to_string(), format!("cancelled{rest}")).await?;
    Ok(id.number().to_string())
}

#[tokio::test]
async fn load_follows_the_dial_and_finds_contradictions() {
    let mut stage = Stage::start(shop("shopper-serve", 1_000).await.unwrap(), &[]).await.unwrap();
    let refused = stage.turn(&json!({"orders_per_minute": 3001})).await;
    let _body = refused.refused(422, "validation_error");
    let none = json!({"browse": 1, "basket": 0, "order": 0, "decline": 0, "cancel": 0, "refund": 0});
    let refused = stage.turn(&json!({"orders_per_minute": 60, "mix": none})).await;
    assert_eq!(refused.refused(422, "validation_error").details[0].field, "mix");
    stage.until(|load| load["ready"] == true).await;
    assert_eq!(stage.load().await["running_since"], Value::Null, "the dial is at 0");

    let turned = stage.turn(&json!({"orders_per_minute": 600})).await.expect(200).value();
    assert!(turned["running_since"].is_string(), "{turned}");
    stage
        .until(|load| {
            ["completed", "declined", "cancelled", "refunds"].iter().all(|name| count(load, name) > 0)
        })
        .await;

    let payment = stage.shop.service(ServiceName::Payment);
    payment.kill().await.unwrap();
    // If no order can be read, nothing is compared.
    let last = stage.failed().await;
    assert_eq!(stage.failed().await, last);
    let payment = stage.shop.service(ServiceName::Payment);
    payment.start_again().unwrap();
    payment.ready(LIMIT).await.unwrap();
    let before = count(&stage.load().await, "completed");
    let load =
        stage.until(|load| count(load, "completed") > before + 20 && count(load, "unknown") == 0).await;
    assert!(count(&load, "requests") > count(&load, "orders"), "{load}");
    let told = stage.until(|load| load["told"]["compared"].as_u64() > Some(20)).await;
    assert_eq!(told["told"]["disagreements"], 0, "{told}");

    let _turned = stage.turn(&json!({"orders_per_minute": 0})).await.expect(200);
    // Steps in progress end before the next comparison, and no others begin.
    let orders = count(&stage.compared().await, "orders");
    let still = stage.compared().await;
    assert_eq!(count(&still, "orders"), orders);
    assert_eq!((&still["running_since"], &still["told"]["disagreements"]), (&Value::Null, &json!(0)));

    let number = plant(&stage).await.unwrap();
    let found = stage.until(|load| load["told"]["disagreements"] == 1).await;
    assert_eq!(found["told"]["offenders"], json!([number]));
}

/// The emails that the mailbox keeps: one to the visitor, and one to each buyer.
const KEPT: usize = 4;

/// Registers and verifies an account with this address.
async fn register(shop: &Shop, access: &Access, email: &str) {
    let url = |path: &str| access.url(ServiceName::User, path);
    let body = json!({"email": email, "password": PASSWORD, "name": "Ada"});
    let _sent = Answer::of(access.http.post(url("/register")).json(&body)).await.expect(202);
    let body = json!({"token": Customer::mailed_token(&shop.mailbox, email).await});
    let _verified = Answer::of(access.http.post(url("/verify-email")).json(&body)).await.expect(200);
}

#[tokio::test]
async fn load_begins_without_accounts_that_are_lost() {
    let shop = shop("shopper-lost", KEPT).await.unwrap();
    let access = Access::to(&shop);
    for email in ["visitor@example.com", "load-0@example.com"] {
        register(&shop, &access, email).await;
    }
    let lost = Customer::login(&access, "load-0@example.com", PASSWORD).await;
    let id = lost.get(ServiceName::User, "/me").await.value()["id"].as_str().unwrap().to_owned();
    let admin = Customer::admin(&access).await;
    let patch = access.http.patch(access.url(ServiceName::User, &format!("/users/{id}")));
    let patch = patch.bearer_auth(&admin.access_token).json(&json!({"status": "disabled"}));
    let _disabled = Answer::of(patch).await.expect(200);

    for _ in 0..KEPT {
        // The mailbox of a shop that was started again has no old email with a link.
        let _other = Customer::register(&access, &shop.mailbox).await;
    }

    // A visitor gave the account for visitors another password.
    let settings = [("LOAD_PASSWORD", PASSWORD), ("LOAD_BUYERS", "2"), ("LOAD_ORDERS_PER_MINUTE", "60")];
    let stage = Stage::start(shop, &settings).await.unwrap();
    stage.until(|load| load["ready"] == true && count(load, "orders") > 0).await;
    let log = std::fs::read_to_string(stage.shop.directory().join("shopper.log")).unwrap();
    for warning in ["account for visitors is lost", "an email without a link came", "registers another"] {
        assert!(log.contains(warning), "{log}");
    }
}

#[tokio::test]
async fn buyer_whose_password_changes_is_replaced() {
    let shop = shop("shopper-shut-out", 1_000).await.unwrap();
    let settings = [("LOAD_PASSWORD", PASSWORD), ("LOAD_BUYERS", "1"), ("LOAD_ORDERS_PER_MINUTE", "60")];
    let stage = Stage::start(shop, &settings).await.unwrap();
    stage.until(|load| count(load, "orders") > 0).await;

    // A visitor of the demo knows the password of the only buyer, and sets another one.
    let buyer = Customer::login(&stage.access, "load-0@example.com", PASSWORD).await;
    let put = stage.access.http.put(stage.access.url(ServiceName::User, "/me/password"));
    let body = json!({"current_password": PASSWORD, "new_password": "a password of the visitor"});
    let _changed = Answer::of(put.bearer_auth(&buyer.access_token).json(&body)).await.expect(204);
    let log = stage.shop.directory().join("shopper.log");
    let read = async || std::fs::read_to_string(&log).unwrap();
    until(LIMIT, read, |log| log.contains("account of a buyer is lost")).await;

    let before = count(&stage.load().await, "orders");
    let load = stage.until(|load| count(load, "orders") > before && count(load, "unknown") == 0).await;
    assert_eq!(load["told"]["unsettled"], 0, "{load}");
    let _other = Customer::login(&stage.access, "load-1@example.com", PASSWORD).await;
}
