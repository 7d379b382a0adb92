//! Reading the stores. Both ways give the same, and a value that does not parse is a finding.

use std::{cell::Cell, collections::BTreeSet};

use estore_faults::{
    checker::{When, check},
    stores::{Raw, Snapshot},
};

use uuid::Uuid;

use crate::{
    moving, quiet,
    shop::{Shop, user},
};

#[tokio::test]
async fn both_ways_of_reading_agree() {
    let shop = moving::shop("reading").await;
    let snapshot = shop.snapshot().await;
    assert_eq!(shop.stage.snapshot_at_once().await, snapshot);
    // The shop has data of every kind.
    assert_eq!(snapshot.misread, []);
    assert_eq!((snapshot.orders.len(), snapshot.refunds.len(), snapshot.cards.len()), (20, 5, 2));
    assert_eq!(snapshot.mail.len(), 2);
    assert_eq!(snapshot.products.len(), 4);
    let order = &snapshot.orders[&moving::erin("refunds")];
    assert_eq!((order.log.len(), order.keys.len(), order.refunds), (7, 5, 5));
    assert_eq!(snapshot.users[&user(3)].orders.len(), 14);
    assert!(!snapshot.journal.is_empty() && !snapshot.due.is_empty() && !snapshot.ledger.is_empty());
    assert!(!snapshot.payments.is_empty() && !snapshot.booked.is_empty() && !snapshot.work.is_empty());
}

#[tokio::test]
async fn reading_at_once_is_consistent_while_stock_moves() {
    let shop = Shop::start("at-once").await;
    shop.product("MUG", 250, "USD", 1000).await;
    let done = Cell::new(false);
    let moving = async {
        for n in 0..400_u128 {
            let order = Uuid::from_u128(n).to_string();
            shop.stage.call("inv1_reserve", &[&order, "f", "600000", "MUG", "3"]).await;
            match n % 4 {
                0 => shop.stage.call("inv1_release", &[&order]).await,
                1 => Vec::new(),
                _ => shop.stage.call("inv1_confirm", &[&order]).await,
            };
            if n % 4 == 3 {
                shop.stage.call("inv1_return", &[&order, "1", "MUG", "1"]).await;
            }
        }
        done.set(true);
    };
    let reading = async {
        let mut seen = BTreeSet::new();
        while !done.get() {
            let snapshot = shop.stage.snapshot_at_once().await;
            assert_eq!(check(&snapshot, &[], When::Always), []);
            seen.insert(snapshot.journal.len());
        }
        seen.len()
    };
    let ((), readings) = tokio::join!(moving, reading);
    assert!(readings > 5, "{readings} moments are too few to say anything");
}

#[tokio::test]
async fn unexpected_value_causes_no_panic() {
    let shop = quiet::shop("junk").await;
    let dump = shop.stage.dump().await;
    let ops = shop.ops();
    let junk = [
        Raw::Other,
        Raw::Text("\u{fffd}{]".to_owned()),
        Raw::List(vec![String::new(), "a b".to_owned(), "9223372036854775807  accepted 1".to_owned()]),
        Raw::Hash(
            [("amount", "9007199254740992"), ("lines", "[1]")]
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .into(),
        ),
        Raw::Scores([("x".to_owned(), "inf".to_owned())].into()),
        Raw::Stream(vec![("1-1".to_owned(), [("kind".to_owned(), "held".to_owned())].into())]),
    ];
    // The checker does not read the reconciler's own keys, the numbers of orders and the report's
    // counters.
    let unread =
        |key: &str| ["{pay}:unsettled", "{pay}:numbers"].contains(&key) || key.starts_with("{pay}:sales");
    for key in dump.keys().filter(|key| !unread(key)) {
        for raw in &junk {
            let mut dump = dump.clone();
            dump.insert(key.clone(), raw.clone());
            let found = check(&Snapshot::of(&dump), &ops, When::Quiet);
            assert!(!found.is_empty(), "{key} {raw:?}");
        }
    }
}
