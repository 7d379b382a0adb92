//! Bounds on the work of the functions in one call, because the server serves no other client
//! during a call.

use std::time::Duration;

use estore_contract::{OrderId, Quantity, Sku, reservation::ReserveLine, text::Slug};
use estore_inventory::{
    domain::Lines,
    store::{catalog, categories, list::SortKey, reservations},
};
use uuid::Uuid;

use crate::{
    catalogue::slug,
    questions::{everything, stored},
    store::{Store, body},
};

/// A command within a function takes one or two microseconds.
const MOST: u64 = 700;

/// Returns the average number of commands for each function call since the statistics were last
/// reset, and resets them.
fn work(store: &Store, functions: u64) -> u64 {
    let said = store.operate(&["INFO", "commandstats"]);
    store.operate(&["CONFIG", "RESETSTAT"]);
    let calls = |line: &str| -> Option<u64> { line.split_once("calls=")?.1.split_once(',')?.0.parse().ok() };
    let all: u64 = said
        .lines()
        .filter(|line| !line.contains("config") && !line.contains("info"))
        .filter_map(calls)
        .sum();
    all / functions
}

async fn plant(store: &Store, name: &str, parent: Option<&Slug>) {
    categories::write(&store.redis, &slug(name), &name.to_owned().try_into().unwrap(), parent).await.unwrap();
}

#[tokio::test]
async fn category_change_costs_its_depth_and_what_moves() {
    let store = Store::start("deep").await;
    for n in 0..16 {
        plant(&store, &format!("d{n}"), (n > 0).then(|| slug(&format!("d{}", n - 1))).as_ref()).await;
    }
    // Many more categories beside it.
    let many: Vec<_> = (0..1900)
        .map(|n| categories::Node {
            slug: slug(&format!("w{n}")),
            name: "W".to_owned().try_into().unwrap(),
            parent: Some(slug("d0")),
        })
        .collect();
    categories::write_many(&store.redis, &many)
        .await
        .unwrap()
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
        .unwrap();
    let mut deep = body("Mug", 5);
    deep.category = slug("d15");
    store.add(&"A".parse().unwrap(), deep, 1).await;
    let _before = work(&store, 1);
    plant(&store, "d8", Some(&slug("d0"))).await;
    assert!(work(&store, 1) < MOST);
    let tree = categories::tree(&store.redis).await.unwrap();
    assert_eq!(tree[0].count, 1);
    let listed = |name: &str| stored_in(&store, name.to_owned());
    assert_eq!((listed("d7").await.len(), listed("d8").await.len(), listed("d0").await.len()), (0, 1, 1));
    let _before = work(&store, 1);
    assert!(categories::delete(&store.redis, &slug("d14")).await.is_err(), "it has a category below it");
    assert!(work(&store, 1) < MOST);
}

async fn stored_in(store: &Store, name: String) -> Vec<String> {
    let question = estore_inventory::store::list::Question { category: Some(slug(&name)), ..everything(9) };
    stored(store, question).await
}

#[tokio::test]
async fn page_of_the_store_is_bounded_work() {
    let store = Store::start("bounded").await;
    plant(&store, "c", None).await;
    let products = (0..3000).map(|n| {
        let mut body = body(&format!("Red mug {n}"), n % 7 * 100);
        body.tags = vec![if n % 500 == 0 { "rare" } else { "usual" }.to_owned().try_into().unwrap()];
        (format!("P{n}").parse().unwrap(), body, u32::from(n % 3 == 0))
    });
    let products: Vec<_> = products.collect();
    for some in products.chunks(100) {
        catalog::import(&store.redis, some.to_vec()).await.unwrap();
    }
    for (words, tag, min_price) in [
        (&["red", "mug"][..], None, None),
        (&[], Some("usual"), Some(600)),
        (&[], None, Some(700)),
        (&["mug"], Some("rare"), None),
    ] {
        let question = estore_inventory::store::list::Question {
            words: words.iter().map(ToString::to_string).collect(),
            tags: tag.into_iter().map(|tag| tag.to_owned().try_into().unwrap()).collect(),
            min_price,
            in_stock: true,
            sort: (SortKey::CreatedAt, true),
            ..everything(20)
        };
        let _before = work(&store, 1);
        let (_page, place) = estore_inventory::store::list::read(&store.redis, &question).await.unwrap();
        let said = store.operate(&["INFO", "commandstats"]);
        let functions = said.lines().find_map(|line| {
            line.strip_prefix("cmdstat_fcall_ro:calls=")?.split_once(',')?.0.parse::<u64>().ok()
        });
        assert!(
            work(&store, functions.unwrap()) < MOST,
            "{words:?} {tag:?} {min_price:?} {}",
            place.is_some()
        );
    }
}

#[tokio::test]
async fn sweep_of_large_holds_is_bounded_work() {
    let store = Store::start("swept").await;
    plant(&store, "c", None).await;
    let skus: Vec<Sku> = (0..60).map(|n| format!("P{n}").parse().unwrap()).collect();
    let products = skus.iter().map(|sku| (sku.clone(), body("Mug", 5), 20)).collect();
    catalog::import(&store.redis, products).await.unwrap();
    let line = |sku: &Sku| ReserveLine { sku: sku.clone(), quantity: Quantity::new(1).unwrap() };
    let lines = Lines::sum(&skus.iter().map(line).collect::<Vec<_>>()).unwrap();
    for n in 1..=10 {
        let order = OrderId(Uuid::from_u128(n));
        reservations::reserve(&store.redis, 0, order, &lines, Duration::ZERO).await.unwrap();
    }
    let mut swept = 0;
    loop {
        let _before = work(&store, 1);
        let now = reservations::sweep(&store.redis, 40).await.unwrap();
        assert!(work(&store, 1) < MOST, "{now} holds in one call");
        if now == 0 {
            break;
        }
        swept += now;
    }
    assert_eq!(swept, 10);
}
