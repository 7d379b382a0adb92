//! The memory of an order in Redis, and the part that remains after archiving: the figures of
//! docs/operations.md.

use std::collections::BTreeMap;

use estore_testbed::{ServiceName::Payment, Shop};
use estore_tests::{Access, CARD, Customer, directory, fresh, until};
use redis::{aio::MultiplexedConnection, cmd};

use super::keep::{PATIENCE, connect};

const ORDERS: u64 = 200;
const SKU: &str = "MUG-ENAMEL-01";

/// Bytes of memory by purpose.
type Room = BTreeMap<&'static str, u64>;

fn part(key: &str) -> &'static str {
    let is = |beginning: &str| key.starts_with(beginning);
    match key {
        _ if is("{gw}:") => "the sandbox gateway's books",
        _ if is("{pay}:o:") => "the order",
        _ if is("{pay}:archived:") => "its id",
        _ if key.ends_with(":ledger") => "its entries in the ledger",
        _ if is("{inv}:r:") => "its reservation",
        "{inv}:journal" => "its entries in the journal",
        _ => "lists",
    }
}

async fn add(room: &mut Room, redis: &mut MultiplexedConnection) {
    let keys: Vec<String> = cmd("KEYS").arg("*").query_async(redis).await.unwrap();
    for key in keys {
        let mut usage = cmd("MEMORY");
        usage.arg("USAGE").arg(&key).arg("SAMPLES").arg(0);
        let bytes: Option<u64> = usage.query_async(redis).await.unwrap();
        *room.entry(part(&key)).or_default() += bytes.unwrap_or(0);
    }
}

async fn room(shop: &Shop) -> Room {
    let mut room = Room::new();
    for database in [0, 1] {
        add(&mut room, &mut connect(shop.redis_url("operator", database)).await).await;
    }
    room
}

/// Returns the additional memory for each order.
fn each(before: &Room, after: &Room) -> Room {
    let more = |(name, bytes): (&&'static str, &u64)| {
        (*name, bytes.saturating_sub(before.get(name).copied().unwrap_or(0)) / ORDERS)
    };
    after.iter().map(more).collect()
}

#[tokio::test]
async fn order_uses_the_documented_memory() {
    let directory = directory("restore-room");
    let settings = [("RECONCILE_AFTER_SECONDS", "1")];
    let options = estore_testbed::Options { faults: true, ..fresh(directory.clone(), &settings) };
    let mut shop = Shop::start(options).await.unwrap();
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let admin = Customer::admin(&access).await;
    let sku = admin.add_product(i64::try_from(ORDERS).unwrap(), 500).await;
    let card = customer.save_card(CARD).await;
    let _warm = customer.order("warm", card, SKU, 1).await.expect(201);
    let password = shop.environment(Payment)["REDIS_PASSWORD"].clone();
    let rested = async || {
        let waiting = async || {
            ["{pay}:work", "{pay}:mail", "{pay}:unsettled"]
                .map(|key| shop.redis.ask("observer", &password, &["ZCARD", key]).unwrap())
        };
        let _none = until(PATIENCE, waiting, |found| found.iter().all(|count| count == "0")).await;
    };
    rested().await;

    let (before, log) = (room(&shop).await, shop.redis.append_only_file().unwrap());
    for n in 0..ORDERS {
        let _order = customer.order(&format!("order-{n}"), card, &sku, 1).await.expect(201);
    }
    rested().await;
    let (after, log_after) = (room(&shop).await, shop.redis.append_only_file().unwrap());
    let taken = each(&before, &after);
    assert_eq!(log_after.path, log.path, "the log was written anew meanwhile");
    let appended = (log_after.size - log.size) / ORDERS;
    let to = directory.join("archived").display().to_string();
    let archive = [("ARCHIVE_DIR", to.as_str()), ("ARCHIVE_AFTER", "0")];
    let said = shop.bootstrap_with(&["archive"], &archive).await.unwrap();
    assert!(said.contains(&format!("{} orders", ORDERS + 1)), "{said}");
    let left = each(&before, &room(&shop).await);
    let (all, stays) = (taken.values().sum::<u64>(), left.values().sum::<u64>());
    println!(
        "an order of one line: {all} bytes {taken:#?}\nappended: {appended} bytes\nonce archived: {stays} bytes {left:#?}"
    );

    // The figures of docs/operations.md, with a margin for other versions of Redis.
    assert!(all < 6_000 && appended < 12_000, "{all} and {appended} bytes");
    let left = |name: &str| left.get(name).copied().unwrap_or(0);
    assert!(stays - left("the sandbox gateway's books") < 1_000, "{stays} bytes stay");
    assert_eq!([left("the order"), left("its reservation")], [0, 0]);
    assert!(left("its id") > 0 && left("its id") < 200, "{}", left("its id"));
    shop.stop().await.unwrap();
}
