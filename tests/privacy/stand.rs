//! A private shop, called as its other services call it, and read by a client with full access to
//! its Redis.

use std::time::Duration;

use estore_testbed::{ServiceName::Payment, Shop};
use estore_tests::{Answer, Method, connect_to_store, directory, fresh};
use redis::{Client, FromRedisValue, Value, aio::MultiplexedConnection, cmd};
use uuid::Uuid;

pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// Starts a shop, named after its test, that resumes abandoned work late.
pub(super) async fn start(name: &str) -> Shop {
    let settings = [("LEASE_SECONDS", "60"), ("RECONCILE_AFTER_SECONDS", "1")];
    let options = fresh(directory(&format!("privacy-{name}")), &settings);
    Shop::start(estore_testbed::Options { faults: true, ..options }).await.unwrap()
}

/// Restarts the Payment Service with additional settings.
pub(super) async fn restart(shop: &mut Shop, extra: &[(&str, &str)]) {
    shop.service(Payment).stop().await.unwrap();
    shop.service(Payment).start_with(extra).unwrap();
    shop.service(Payment).ready(PATIENCE).await.unwrap();
}

/// Calls an internal route of the Payment Service with the certificate of `peer`. Returns `None` if
/// there was no answer.
pub(super) async fn call(shop: &Shop, peer: &str, method: Method, path: &str) -> Option<Answer> {
    let client = estore_tests::peer(shop, peer);
    let port = &shop.environment(Payment)["INTERNAL_PORT"];
    Answer::try_of(client.request(method, format!("https://127.0.0.1:{port}{path}"))).await.ok()
}

/// Notifies the Payment Service that an account is closed, as the User Service does.
pub(super) async fn close(shop: &Shop, user: Uuid) -> Option<Answer> {
    call(shop, "user", Method::DELETE, &format!("/internal/users/{user}")).await
}

/// A Redis connection with full permissions.
pub(super) struct Store(MultiplexedConnection);

impl Store {
    pub(super) async fn open(shop: &Shop) -> Self {
        let client = Client::open(shop.redis_url("operator", 0)).unwrap();
        Self(connect_to_store(&client).await.unwrap())
    }

    pub(super) async fn ask<T: FromRedisValue>(&self, command: &[&str]) -> T {
        let [name, args @ ..] = command else { panic!("a command") };
        cmd(name).arg(args).query_async(&mut self.0.clone()).await.unwrap()
    }

    /// Returns everything that Payment stores: each key with its content.
    pub(super) async fn dump(&self) -> Vec<(String, String)> {
        let keys: Vec<String> = self.ask(&["KEYS", "*"]).await;
        let mut all = Vec::new();
        for key in keys {
            let kind: String = self.ask(&["TYPE", &key]).await;
            let read: &[&str] = match kind.as_str() {
                "hash" => &["HGETALL", &key],
                "list" => &["LRANGE", &key, "0", "-1"],
                "zset" => &["ZRANGE", &key, "0", "-1"],
                "stream" => &["XRANGE", &key, "-", "+"],
                "set" => &["SMEMBERS", &key],
                _ => &["GET", &key],
            };
            let value: Value = self.ask(read).await;
            let mut text = String::new();
            flatten(&value, &mut text);
            all.push((key, text));
        }
        all
    }

    /// Returns the keys that contain one of these words in their name or content.
    pub(super) async fn holding(&self, words: &[&str]) -> Vec<String> {
        let has = |(key, text): &(String, String)| {
            words.iter().any(|word| text.contains(word) || key.contains(word))
        };
        self.dump().await.into_iter().filter(has).map(|(key, _)| key).collect()
    }
}

fn flatten(value: &Value, text: &mut String) {
    match value {
        Value::Array(parts) => parts.iter().for_each(|part| flatten(part, text)),
        Value::BulkString(bytes) => {
            text.push_str(&String::from_utf8_lossy(bytes));
            text.push('\n');
        }
        _ => {}
    }
}
