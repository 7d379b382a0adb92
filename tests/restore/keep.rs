//! Shops whose gateway keeps its books in a separate database, and their backups.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use estore_testbed::{Redis, ServiceName, Shop};
use estore_tests::{Access, Answer, connect_to_store, directory, fresh, until};
use redis::{Client, aio::MultiplexedConnection, cmd};

pub(super) const PATIENCE: Duration = Duration::from_mins(1);

/// The databases of orders and stock. `BOOKS` is that of the gateway's books.
pub(super) const KEPT: [u8; 2] = [0, 1];
pub(super) const BOOKS: u8 = 2;

/// Starts a shop, named after its test, with a gateway that loses nothing.
pub(super) async fn start(name: &str) -> Shop {
    let settings = [
        ("GATEWAY_REDIS_DB", "2"),
        ("LEASE_SECONDS", "2"),
        ("HOLD_SECONDS", "20"),
        ("SWEEP_SECONDS", "0.5"),
        ("RECONCILE_AFTER_SECONDS", "1"),
    ];
    let options = fresh(directory(&format!("restore-{name}")), &settings);
    Shop::start(estore_testbed::Options { faults: true, ..options }).await.unwrap()
}

pub(super) async fn connect(url: String) -> MultiplexedConnection {
    connect_to_store(&Client::open(url).unwrap()).await.unwrap()
}

/// Copies Redis's data, and only then raises the epoch.
pub(super) async fn back_up(shop: &Shop) -> PathBuf {
    let backup = shop.directory().join("backup");
    shop.redis.copy_data(&backup).unwrap();
    let said = shop.bootstrap_with(&["raise-epoch"], &[]).await.unwrap();
    assert!(said.contains("epoch: "), "{said}");
    backup
}

/// Empties these databases.
pub(super) async fn lose(shop: &Shop, databases: &[u8]) {
    for db in databases.iter().copied() {
        let mut store = connect(shop.redis_url("operator", db)).await;
        cmd("FLUSHDB").query_async::<()>(&mut store).await.unwrap();
    }
}

/// Restores orders and stock as they are in `backup`.
pub(super) async fn put_back(shop: &Shop, backup: &Path) {
    lose(shop, &KEPT).await;
    let copy = Redis::open_copy(backup, u64::MAX).await.unwrap();
    for db in KEPT {
        let mut from = connect(copy.url(db)).await;
        let mut to = connect(shop.redis_url("operator", db)).await;
        let keys: Vec<Vec<u8>> = cmd("KEYS").arg("*").query_async(&mut from).await.unwrap();
        assert!(!keys.is_empty(), "database {db} of the backup is empty");
        for key in keys {
            let value: Vec<u8> = cmd("DUMP").arg(&key).query_async(&mut from).await.unwrap();
            // A job's step that was in progress may have written the key already.
            let mut put = cmd("RESTORE");
            put.arg(&key).arg(0).arg(value).arg("REPLACE");
            put.query_async::<()>(&mut to).await.unwrap();
        }
    }
}

/// Returns the epoch check of a service's readiness, once it answers.
pub(super) async fn epoch_check(access: &Access, service: ServiceName) -> (u16, String) {
    let ask = async || Answer::try_of(access.http.get(access.url(service, "/ready"))).await.ok();
    let answer = until(PATIENCE, ask, Option::is_some).await.unwrap();
    let check = answer.value()["checks"]["epoch"].as_str().map(str::to_owned);
    (answer.status, check.unwrap_or_default())
}

/// Waits until Inventory and Payment report a stale store.
pub(super) async fn unready(access: &Access) {
    for service in [ServiceName::Inventory, ServiceName::Payment] {
        let told =
            |(status, check): &(u16, String)| *status == 503 && check.contains("bootstrap after-restore");
        let _told = until(PATIENCE, async || epoch_check(access, service).await, told).await;
    }
}

/// Waits until both services are ready.
pub(super) async fn ready(shop: &mut Shop) {
    for service in [ServiceName::Inventory, ServiceName::Payment] {
        shop.service(service).ready(PATIENCE).await.unwrap();
    }
}
