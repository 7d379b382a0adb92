//! The history of prices, and the index of archived products.

use estore_contract::{Sku, inventory::ProductStatus};
use estore_inventory::{
    Error,
    store::{
        archived,
        catalog::{self, Archived, Write},
        categories, images, prices, stock,
    },
};
use futures::{TryStreamExt, future::join_all};

use crate::{
    catalogue::slug,
    store::{Store, body},
};

async fn with_category(name: &str) -> Store {
    let store = Store::start(name).await;
    let title = "C".to_owned().try_into().unwrap();
    categories::write(&store.redis, &slug("c"), &title, None).await.unwrap();
    store
}

async fn amounts(store: &Store, sku: &Sku) -> Vec<i64> {
    let history = prices::read(&store.redis, sku).await.unwrap();
    history.items.iter().map(|item| item.price.amount).collect()
}

#[tokio::test]
async fn price_history_keeps_the_latest_hundred() {
    let store = with_category("prices").await;
    let sku: Sku = "P".parse().unwrap();
    for amount in 0..150 {
        store.add(&sku, body("P", amount), 0).await;
        store.add(&sku, body("P", amount), 0).await;
    }
    assert_eq!(amounts(&store, &sku).await, (50..150).rev().collect::<Vec<_>>());
    assert!(matches!(prices::read(&store.redis, &"Q".parse().unwrap()).await, Err(Error::NotFound)));
}

#[tokio::test]
async fn older_product_begins_with_its_current_price() {
    let store = with_category("older-prices").await;
    let sku: Sku = "P".parse().unwrap();
    store.add(&sku, body("P", 5), 0).await;
    // As an older version of the library left it.
    let _deleted = store.operate(&["DEL", "{inv}:ph:P"]);
    assert_eq!(amounts(&store, &sku).await, [5]);
    catalog::write(&store.redis, &sku, body("Renamed", 5), Write::Replace(None)).await.unwrap();
    assert_eq!(amounts(&store, &sku).await, [5]);
    catalog::write(&store.redis, &sku, body("Renamed", 7), Write::Replace(None)).await.unwrap();
    let history = prices::read(&store.redis, &sku).await.unwrap();
    let found: Vec<_> = history.items.iter().map(|item| (item.price.amount, item.version)).collect();
    assert_eq!(found, [(7, 3), (5, 2)]);
}

#[tokio::test]
async fn archived_products_are_paged_by_sku() {
    let store = with_category("archived").await;
    for n in 0..7 {
        let sku: Sku = format!("P{n}").parse().unwrap();
        store.add(&sku, body("P", 5), n % 2).await;
        let by = if n % 2 == 0 { Archived::ByAdmin(None) } else { Archived::Withdrawn };
        catalog::archive(&store.redis, &sku, by).await.unwrap();
    }
    let back: Sku = "P4".parse().unwrap();
    catalog::write(&store.redis, &back, body("P", 5), Write::Replace(None)).await.unwrap();
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let (page, next) = archived::read(&store.redis, 2, after.as_ref()).await.unwrap();
        assert!(page.iter().all(|product| product.status == ProductStatus::Archived));
        found.extend(page.into_iter().map(|product| product.sku.to_string()));
        after = next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(found, ["P0", "P1", "P2", "P3", "P5", "P6"]);
}

#[tokio::test]
async fn older_archived_products_enter_the_index_once() {
    let store = with_category("gathered").await;
    for n in 0..450 {
        let sku: Sku = format!("P{n}").parse().unwrap();
        store.add(&sku, body("P", 5), 1).await;
        if n % 3 == 0 {
            catalog::archive(&store.redis, &sku, Archived::ByAdmin(None)).await.unwrap();
        }
    }
    let change =
        estore_contract::inventory::AdjustmentBody { delta: 1, reason: "x".to_owned().try_into().unwrap() };
    stock::adjust(&store.redis, &"P3".parse().unwrap(), change, "a").await.unwrap();
    // As an older version of the library left it.
    let _deleted = store.operate(&["DEL", "{inv}:i:archived"]);
    archived::gather(&store.redis).await.unwrap();
    let count = async || archived::read(&store.redis, 200, None).await.unwrap().0.len();
    assert_eq!(count().await, 150);
    let _deleted = store.operate(&["DEL", "{inv}:i:archived"]);
    archived::gather(&store.redis).await.unwrap();
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn upload_that_was_given_up_takes_no_room() {
    let store = Store::start("given-up").await;
    let count = async |name: &str| {
        let mut count = redis::cmd("FCALL");
        count.arg("inv1_count_image").arg(1).arg("{inv}").arg(name).arg(60).arg(100);
        count.query_async::<bool>(&mut store.redis.connection()).await.unwrap()
    };
    // It is counted, and its bytes never come.
    assert!(count("cut.png").await);
    assert!(!count("next.png").await, "it may still be written");
    let age = async || {
        let mut age = redis::cmd("HSET");
        age.arg("{inv}:img_written").arg("cut.png").arg(1);
        age.exec_async(&mut store.redis.connection()).await.unwrap();
    };
    age().await;
    assert!(count("cut.png").await && !count("next.png").await, "a repeat writes it now");
    age().await;
    let upload = |name: &'static str| {
        let redis = &store.redis;
        async move { images::upload(redis, name, &[1; 60], (2, 3), "image/png", 100).await }
    };
    assert!(upload("next.png").await.unwrap());
    assert_eq!(images::uploaded_bytes(&store.redis).await.unwrap(), 60);
    assert!(matches!(upload("more.png").await, Err(Error::NoRoom)), "a stored image stays");
}

#[tokio::test]
async fn image_of_any_size_is_read_as_written() {
    let store = Store::start("images").await;
    let mut sum = 0;
    for size in [0, 1, 131_072, 131_073, 300_000] {
        let (name, data) = (format!("{size}.png"), vec![7; size]);
        let upload =
            async || images::upload(&store.redis, &name, &data, (2, 3), "image/png", 1 << 20).await.unwrap();
        assert_eq!((upload().await, upload().await), (true, false));
        sum += size as u64;
        let stored = images::read(&store.redis, &name).await.unwrap();
        let bytes = match stored.content {
            images::Content::Whole(data) => data,
            images::Content::Parts(count, bytes) => {
                let parts = images::parts(store.redis.clone(), &name, count);
                let parts: Vec<Vec<u8>> = parts.try_collect().await.unwrap();
                assert_eq!(bytes, size as u64);
                parts.concat()
            }
        };
        assert!(bytes == data, "{size}");
        let facts = images::uploaded(&store.redis, &name).await.unwrap();
        assert_eq!(facts, Some(("image/png".to_owned(), 2, 3, size as u64)));
    }
    assert_eq!(images::uploaded_bytes(&store.redis).await.unwrap(), sum);
}

#[tokio::test]
async fn uploads_at_once_stay_within_the_room() {
    let store = Store::start("images-room").await;
    let upload =
        async |name: String| images::upload(&store.redis, &name, &[7; 100], (2, 3), "image/png", 350).await;
    let outcomes = join_all((0..8).map(|n| upload(format!("{n}.png")))).await;
    let (mut stored, mut full) = (Vec::new(), 0);
    for (n, outcome) in outcomes.into_iter().enumerate() {
        match outcome {
            Ok(is_new) => {
                assert!(is_new);
                stored.push(format!("{n}.png"));
            }
            Err(Error::NoRoom) => full += 1,
            Err(other) => panic!("{other}"),
        }
    }
    assert_eq!((stored.len(), full), (3, 5));
    assert_eq!(images::uploaded_bytes(&store.redis).await.unwrap(), 300);
    // A repeat takes no room.
    assert!(!upload(stored.remove(0)).await.unwrap());
    assert_eq!(images::uploaded_bytes(&store.redis).await.unwrap(), 300);
}
