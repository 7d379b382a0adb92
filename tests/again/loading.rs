//! Stores that load or recover while the rest of a shop already runs.

use std::time::Duration;

use estore_testbed::{
    ServiceName::{self, Inventory, Payment, User, Verification},
    Shop,
};
use estore_tests::{Access, Answer, directory, fresh, until};

const PATIENCE: Duration = Duration::from_mins(1);

async fn start(name: &str) -> (Shop, Access) {
    let options = estore_testbed::Options { faults: true, ..fresh(directory(&format!("again-{name}")), &[]) };
    let shop = Shop::start(options).await.unwrap();
    let access = Access::to(&shop);
    (shop, access)
}

/// Waits until a service gives this reason for not being ready.
async fn says(access: &Access, service: ServiceName, reason: &str) {
    let ask = async || Answer::of(access.http.get(access.url(service, "/ready"))).await;
    let answer = until(PATIENCE, ask, |answer| answer.status == 503 && answer.text.contains(reason)).await;
    assert!(answer.text.contains("\"loading\""), "{}", answer.text);
}

/// Kills a Redis that holds enough data to answer LOADING for a while, and starts it again.
async fn load_for_a_while(shop: &mut Shop) {
    let password = shop.bootstrap_environment()["REDIS_PASSWORD"].clone();
    let write = "for i = 1, 16384 do redis.call('SET', 'junk', i) end";
    let _written = shop.redis.ask("operator", &password, &["EVAL", write, "0"]).unwrap();
    shop.redis.kill().await.unwrap();
    shop.redis.start_loading(Duration::from_micros(200)).unwrap();
}

#[tokio::test]
async fn every_program_waits_for_loading_redis() {
    let (mut shop, access) = start("redis").await;
    load_for_a_while(&mut shop).await;
    tokio::join!(says(&access, Inventory, "loading"), says(&access, Payment, "loading"));
    let said = shop.bootstrap().await.unwrap();
    assert!(said.contains("function libraries: inv1"), "{said}");
    for service in [Inventory, Payment] {
        shop.service(service).ready(PATIENCE).await.unwrap();
    }
    // The other commands of bootstrap wait as well.
    load_for_a_while(&mut shop).await;
    let said = shop.bootstrap_with(&["raise-epoch"], &[]).await.unwrap();
    assert!(said.contains("epoch: "), "{said}");
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn every_program_waits_for_recovering_postgres() {
    let (mut shop, access) = start("postgres").await;
    shop.postgres.kill().await.unwrap();
    shop.postgres.start_recovering(Duration::from_secs(1)).await.unwrap();
    tokio::join!(says(&access, User, "loading"), says(&access, Verification, "loading"));
    let said = shop.bootstrap().await.unwrap();
    assert!(said.contains("migrations: user"), "{said}");
    for service in [User, Verification] {
        shop.service(service).ready(PATIENCE).await.unwrap();
    }
    shop.postgres.kill().await.unwrap();
    shop.postgres.start_recovering(Duration::from_millis(500)).await.unwrap();
    let said = shop.bootstrap_with(&["rotate-cards"], &[]).await.unwrap();
    assert!(said.contains("encrypted") || said.contains("no accounts"), "{said}");
    shop.stop().await.unwrap();
}
