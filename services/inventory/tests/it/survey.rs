//! The survey shows operators the actual stock, and any equation that does not hold.

use std::time::Duration;

use estore_contract::{OrderId, Quantity, Sku, reservation::ReserveLine};
use estore_inventory::{
    domain::Lines,
    store::{
        categories, reservations,
        survey::{Survey, survey},
    },
};
use uuid::Uuid;

use crate::store::{Store, body};

const HOUR: Duration = Duration::from_hours(1);

fn sku(n: u32) -> Sku {
    format!("S{n}").parse().unwrap()
}

/// Starts a shop of `products` products. The first has no units, and each of the others has three.
async fn shop(name: &str, products: u32) -> Store {
    let store = Store::start(name).await;
    let (slug, title) = ("c".to_owned().try_into().unwrap(), "C".to_owned().try_into().unwrap());
    categories::write(&store.redis, &slug, &title, None).await.unwrap();
    for n in 0..products {
        store.add(&sku(n), body("Thing", 100), if n == 0 { 0 } else { 3 }).await;
    }
    store
}

async fn hold(store: &Store, order: u128, n: u32, units: u32, time: Duration) {
    let line = ReserveLine { sku: sku(n), quantity: Quantity::new(units).unwrap() };
    let lines = Lines::sum(&[line]).unwrap();
    reservations::reserve(&store.redis, 0, OrderId(Uuid::from_u128(order)), &lines, time).await.unwrap();
}

#[tokio::test]
async fn survey_counts_beyond_one_slice() {
    let store = shop("survey", 501).await;
    hold(&store, 1, 1, 2, HOUR).await;
    hold(&store, 2, 500, 3, HOUR).await;
    let found = survey(&store.redis).await.unwrap();
    let expected = Survey {
        available: 1_495,
        reserved: 5,
        in_stock: 499,
        sold_out: 2,
        out_of_bounds: 0,
        holds: 2,
        overdue: time::Duration::ZERO,
        not_held: Some(0),
    };
    assert_eq!(found, expected);
}

#[tokio::test]
async fn hold_past_its_deadline_is_overdue() {
    let store = shop("survey-overdue", 2).await;
    hold(&store, 1, 1, 1, Duration::ZERO).await;
    let found = overdue(&store).await;
    assert_eq!((found.holds, found.not_held), (1, Some(0)));
    reservations::sweep(&store.redis, 10).await.unwrap();
    let found = survey(&store.redis).await.unwrap();
    assert_eq!((found.holds, found.overdue), (0, time::Duration::ZERO));
}

/// Waits until some time has passed since the deadline.
async fn overdue(store: &Store) -> Survey {
    for _ in 0..10_000 {
        let found = survey(&store.redis).await.unwrap();
        if found.overdue > time::Duration::ZERO {
            return found;
        }
    }
    panic!("the hold is never overdue")
}

#[tokio::test]
async fn stock_that_breaks_an_equation_is_seen() {
    let store = shop("survey-broken", 4).await;
    hold(&store, 1, 1, 2, HOUR).await;
    // S1 has less on hand than is reserved. S2 has a reserved unit that no order holds.
    store.operate(&["HSET", "{inv}:p:S1", "on_hand", "1"]);
    store.operate(&["HSET", "{inv}:p:S2", "reserved", "1"]);
    let found = survey(&store.redis).await.unwrap();
    assert_eq!((found.out_of_bounds, found.not_held), (1, Some(1)));
    // S1 has held units that are not reserved.
    store.operate(&["HSET", "{inv}:p:S1", "reserved", "0"]);
    let found = survey(&store.redis).await.unwrap();
    assert_eq!((found.out_of_bounds, found.not_held), (0, Some(2)));
}
