//! The CA of a whole shop is replaced while customers order.

use std::{
    fs,
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use estore_testbed::{ServiceName, Shop};
use estore_tests::{Access, Answer, CARD, Customer, directory, fresh, until};

use super::authority::Authority;

const SOON: Duration = Duration::from_secs(15);
const NAMES: [&str; 6] = ["user", "verification", "inventory", "payment", "bootstrap", "chaos"];

/// The certificate readers of each service: one for its listener, and one for each service that it
/// calls.
const READERS: [(ServiceName, &[&str]); 4] = [
    (ServiceName::User, &["server", "verification"]),
    (ServiceName::Verification, &["server", "user"]),
    (ServiceName::Inventory, &["server", "user"]),
    (ServiceName::Payment, &["server", "user", "inventory", "verification"]),
];

/// Replaces a file atomically.
fn put(directory: &Path, file: &str, text: &str) {
    let new = directory.join(format!("{file}.new"));
    fs::write(&new, text).unwrap();
    fs::rename(new, directory.join(file)).unwrap();
}

/// Waits until every certificate reader has reloaded `times` times.
async fn read(shop: &Shop, times: usize) {
    let behind = async || {
        let lines = |service: ServiceName| {
            fs::read_to_string(shop.directory().join(format!("{service}.log"))).unwrap()
        };
        let mut behind = Vec::new();
        for (service, readers) in READERS {
            let lines = lines(service);
            for reader in readers {
                let of = format!("\"of\":\"{reader}\"");
                let is_one = |line: &&str| line.contains("certificates reloaded") && line.contains(&of);
                if lines.lines().filter(is_one).count() < times {
                    behind.push(format!("{service}: {reader}"));
                }
            }
        }
        behind
    };
    let _all = until(SOON, behind, Vec::is_empty).await;
}

#[tokio::test]
async fn shop_keeps_serving_while_its_ca_is_replaced() {
    let directory = directory("rotation");
    // Connections end soon, so that the test sees many handshakes.
    let settings = [("TLS_RELOAD_SECONDS", "0"), ("MAX_CONNECTION_SECONDS", "1")];
    let mut shop = Shop::start(fresh(directory.clone(), &settings)).await.unwrap();
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let sku = Customer::admin(&access).await.add_product(10_000, 100).await;
    let (done, orders) = (AtomicBool::new(false), AtomicUsize::new(0));
    let load = async {
        while !done.load(Ordering::Relaxed) {
            let n = orders.fetch_add(1, Ordering::Relaxed);
            let _order = customer.order(&format!("order-{n}"), card, &sku, 1).await.expect(201);
            let _read = customer.get(ServiceName::Inventory, "/categories").await.expect(200);
            let other = Customer::register(&access, &shop.mailbox).await;
            let _nothing = other.get(ServiceName::Payment, "/orders").await.expect(200);
        }
    };
    let rotation = async {
        let tls = directory.join("tls");
        let old = fs::read_to_string(tls.join("ca.crt")).unwrap();
        let more = async |count: usize| {
            let so_far = orders.load(Ordering::Relaxed);
            let _ordered =
                until(SOON, async || orders.load(Ordering::Relaxed), |now| *now >= so_far + count).await;
        };
        more(3).await;
        let new = Authority::new();
        put(&tls, "ca.crt", &format!("{}{old}", new.pem));
        read(&shop, 1).await;
        more(3).await;
        // For a moment a certificate and its key do not match. Services do not load a half-written
        // pair.
        for name in NAMES {
            let pair = new.service(name);
            put(&tls, &format!("{name}.crt"), &pair.certificate);
            put(&tls, &format!("{name}.key"), &pair.key);
        }
        read(&shop, 2).await;
        more(3).await;
        put(&tls, "ca.crt", &new.pem);
        read(&shop, 3).await;
        more(5).await;
        done.store(true, Ordering::Relaxed);
    };
    tokio::join!(load, rotation);
    // Bootstrap reads the new certificates too.
    shop.bootstrap().await.unwrap();
    for service in ServiceName::ALL {
        assert!(shop.service(service).ended().is_none());
        let _ready = Answer::of(access.http.get(access.url(service, "/ready"))).await.expect(200);
    }
    shop.stop().await.unwrap();
}
