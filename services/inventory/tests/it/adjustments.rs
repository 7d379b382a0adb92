//! Adjustments of stock, and the keys that name them.

use estore_contract::{Sku, inventory::AdjustmentBody};
use estore_inventory::store::{categories, stock};

use crate::{
    catalogue::slug,
    store::{Store, body},
};

#[tokio::test]
async fn latest_keys_of_adjustments_are_kept() {
    let store = Store::start("adjustments").await;
    let redis = &store.redis;
    categories::write(redis, &slug("c"), &"C".to_owned().try_into().unwrap(), None).await.unwrap();
    let sku: Sku = "A".parse().unwrap();
    store.add(&sku, body("Mug", 5), 1).await;
    let adjust = async |key: &str| {
        let body = AdjustmentBody { delta: 1, reason: "found".to_owned().try_into().unwrap() };
        let (adjustment, replayed) = stock::adjust(redis, &sku, body, key).await.unwrap();
        (adjustment.on_hand, replayed)
    };
    // A version of the library before 11 recorded this one.
    store.operate(&["HSET", "{inv}:adj:A:old", "fingerprint", "1 found", "on_hand", "7"]);
    for n in 0..1100 {
        assert_eq!(adjust(&n.to_string()).await, (n + 2, false));
    }
    let records = store.operate(&["KEYS", "{inv}:adj:A:*"]);
    assert_eq!(records.lines().count(), 1001);
    assert_eq!(adjust("1099").await, (1101, true));
    assert_eq!(adjust("100").await, (102, true));
    assert_eq!(adjust("old").await, (7, true));
    assert_eq!(adjust("99").await, (1102, false), "its record is gone");
}
