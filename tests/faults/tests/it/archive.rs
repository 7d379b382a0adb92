//! Orders that ended long ago leave Redis for files. Nothing is lost or duplicated, at any point
//! where a crash cuts that short.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use estore_contract::{
    OrderId, Page,
    payment::{Order, Transaction},
};
use estore_faults::{
    checker::{When, check},
    stores::{self, Snapshot, archive},
};
use estore_testbed::{
    ServiceName::{Payment, User, Verification},
    Shop,
};
use estore_tests::{Access, Answer, CARD, Customer, Method, directory, fresh, peer, unique, until};
use serde_json::json;

const DECLINED: &str = "4000000000000002";
const SKU: &str = "MUG-ENAMEL-01";
const STREET: &str = "77 Canary Row";
const PATIENCE: Duration = Duration::from_mins(1);

/// Starts a shop that settles its orders soon. Returns it with the directory of its archive.
async fn archiving(name: &str) -> (Shop, PathBuf) {
    let directory = directory(name);
    let settings = [("RECONCILE_AFTER_SECONDS", "1"), ("LEASE_SECONDS", "2"), ("GATEWAY_REDIS_DB", "0")];
    let options = estore_testbed::Options { faults: true, ..fresh(directory.clone(), &settings) };
    (Shop::start(options).await.unwrap(), directory.join("archived"))
}

/// Runs the job with `ARCHIVE_AFTER`, and returns its output or error.
async fn archive_after(shop: &Shop, to: &Path, after: &str, fail_point: &str) -> Result<String, String> {
    let to = to.display().to_string();
    let settings = [("ARCHIVE_DIR", to.as_str()), ("ARCHIVE_AFTER", after), ("FAIL_POINT", fail_point)];
    shop.bootstrap_with(&["archive"], &settings).await.map_err(|error| error.to_string())
}

/// Checks that Redis and the archive together satisfy all equations. Returns the archived orders.
async fn holds(shop: &Shop, to: &Path) -> BTreeSet<OrderId> {
    let archived = archive::orders(to).unwrap();
    let ids = archived.keys().copied().collect();
    let mut dump = stores::dump(&shop.redis.observe(0), &shop.redis.observe(1)).await.unwrap();
    archive::put_back(&mut dump, archived).unwrap();
    let violations = check(&Snapshot::of(&dump), &[], When::Quiet);
    assert!(violations.is_empty(), "{violations:#?}");
    ids
}

/// Counts the tasks, the emails to request, and the orders to compare with the journal. In this
/// order: the call that ends one begins the next.
fn waiting(shop: &Shop) -> [String; 3] {
    let password = &shop.environment(Payment)["REDIS_PASSWORD"];
    ["{pay}:work", "{pay}:mail", "{pay}:unsettled"]
        .map(|key| shop.redis.ask("observer", password, &["ZCARD", key]).unwrap())
}

/// Waits until none of these is left.
async fn rested(shop: &Shop) {
    let _none = until(PATIENCE, async || waiting(shop), |found| found == &["0", "0", "0"]).await;
}

/// Runs the job until `count` orders have left.
async fn all_leave(shop: &Shop, to: &Path, count: usize) {
    let left = async || {
        archive_after(shop, to, "0", "").await.unwrap();
        archive::orders(to).unwrap().len()
    };
    let _all = until(PATIENCE, left, |left| *left == count).await;
}

async fn refund(admin: &Customer, order: OrderId, key: &str) {
    let body = json!({"items": [{"sku": SKU, "quantity": 1}], "restock": true});
    let request = admin.request(Method::POST, Payment, &format!("/orders/{order}/refunds"));
    let _refund = Answer::of(request.header("Idempotency-Key", key).json(&body)).await.expect(201);
}

/// Closes an account at the Payment Service, as the User Service does.
async fn close(shop: &Shop, customer: &Customer) {
    let me = customer.get(User, "/me").await.expect(200).value();
    let port = &shop.environment(Payment)["INTERNAL_PORT"];
    let url = format!("https://127.0.0.1:{port}/internal/users/{}", me["id"].as_str().unwrap());
    let _closed = Answer::of(peer(shop, "user").delete(url)).await.expect(204);
}

fn checksums_are_right(to: &Path) {
    for entry in fs::read_dir(to).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "sha256") {
            let checked = Command::new("sha256sum").arg("-c").arg(&path).current_dir(to).output().unwrap();
            assert!(checked.status.success(), "{}", path.display());
        }
    }
}

#[tokio::test]
async fn archived_order_leaves_redis_and_keeps_its_key() {
    let (mut shop, to) = archiving("archive").await;
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let (good, bad) = (customer.save_card(CARD).await, customer.save_card(DECLINED).await);
    let buy = async |key: &str| customer.order(key, good, SKU, 2).await.expect(201).json::<Order>().id;
    let plain = buy("plain").await;
    let refunded = buy("refunded").await;
    refund(&admin, refunded, "r1").await;
    let declined = customer.order("declined", bad, SKU, 1).await.refused(402, "payment_declined");
    let declined = declined.order_id.unwrap();
    rested(&shop).await;

    // Nothing is old enough: the default is 400 days.
    let said = archive_after(&shop, &to, "", "").await.unwrap();
    assert!(said.contains("no more orders are old enough"), "{said}");
    assert_eq!(holds(&shop, &to).await, BTreeSet::new());
    let said = archive_after(&shop, &to, "soon", "").await.unwrap_err();
    assert!(said.contains("ARCHIVE_AFTER is wrong"), "{said}");

    // Cut short before anything left, between both services, and before the job recorded that all
    // left.
    let three = BTreeSet::from([plain, refunded, declined]);
    let _killed = archive_after(&shop, &to, "0", "bootstrap.archive.written").await.unwrap_err();
    let path = format!("/orders/{plain}");
    let _still = customer.get(Payment, &path).await.expect(200);
    // One of them changes meanwhile, and stays.
    refund(&admin, refunded, "r2").await;
    rested(&shop).await;
    let _killed = archive_after(&shop, &to, "0", "bootstrap.archive.between").await.unwrap_err();
    let _gone = customer.get(Payment, &path).await.refused(404, "not_found");
    let said = archive_after(&shop, &to, "0", "").await.unwrap();
    assert!(said.contains("finished an interrupted batch; 1 orders changed"), "{said}");
    // It stays until the reconciler knows of the restocked units.
    all_leave(&shop, &to, 3).await;
    assert_eq!(holds(&shop, &to).await, three);
    checksums_are_right(&to);
    let said = archive_after(&shop, &to, "0", "").await.unwrap();
    assert!(said.contains("no more orders are old enough"), "{said}");

    // The remains: the ledgers, and a record that each key was used.
    for (key, card, id) in [("plain", good, plain), ("declined", bad, declined), ("plain", bad, plain)] {
        let refused = customer.order(key, card, SKU, 2).await.refused(409, "order_archived");
        assert_eq!(refused.order_id, Some(id));
    }
    let page: Page<Order> = customer.get(Payment, "/orders").await.expect(200).json();
    assert!(page.items.is_empty());
    let ledger: Page<Transaction> = customer.get(Payment, "/transactions").await.expect(200).json();
    assert_eq!(ledger.items.iter().filter(|entry| entry.order_id == refunded).count(), 4);

    // A restore leaves the archived orders alone. So does the reconciler, which then reads the
    // whole journal.
    let stock = admin.stock(SKU).await;
    let said = shop.bootstrap_with(&["after-restore", "--all"], &[]).await.unwrap();
    assert!(said.contains(": 3: 3 archived"), "{said}");
    rested(&shop).await;
    assert_eq!(admin.stock(SKU).await, stock);
    let later = buy("later").await;
    rested(&shop).await;
    assert_eq!(holds(&shop, &to).await, three);

    // A damaged file removes nothing from Redis.
    let _killed = archive_after(&shop, &to, "0", "bootstrap.archive.written").await.unwrap_err();
    let newest = fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().path());
    let newest =
        newest.filter(|path| path.extension().is_some_and(|ending| ending == "jsonl")).max().unwrap();
    let whole = fs::read_to_string(&newest).unwrap();
    fs::write(&newest, whole.replace("\"completed\"", "\"cancelled\"")).unwrap();
    let said = archive_after(&shop, &to, "0", "").await.unwrap_err();
    assert!(said.contains("does not match its checksum"), "{said}");
    let _still = customer.get(Payment, &format!("/orders/{later}")).await.expect(200);
    fs::write(&newest, whole).unwrap();
    all_leave(&shop, &to, 4).await;
    assert_eq!(holds(&shop, &to).await.len(), 4);
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn order_with_email_due_is_not_archived() {
    let (mut shop, to) = archiving("archive-parts").await;
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    // More orders than one part reads.
    for n in 0..103 {
        let _order = customer.order(&format!("{n}-{}", unique()), card, SKU, 1).await.expect(201);
    }
    rested(&shop).await;
    // Its email has not been requested yet.
    shop.service(Verification).stop().await.unwrap();
    let mailing = customer.order("mailing", card, SKU, 1).await.expect(201).json::<Order>().id;
    let _settled = until(PATIENCE, async || waiting(&shop), |found| found == &["0", "1", "0"]).await;
    let said = archive_after(&shop, &to, "0", "").await.unwrap();
    assert!(said.contains(": 103 orders, of which 0 changed"), "{said}");
    let _still = customer.get(Payment, &format!("/orders/{mailing}")).await.expect(200);
    shop.service(Verification).start_again().unwrap();
    rested(&shop).await;
    all_leave(&shop, &to, 104).await;
    assert_eq!(holds(&shop, &to).await.len(), 104);
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn list_goes_on_after_an_archived_order() {
    let (mut shop, to) = archiving("archive-lists").await;
    let access = Access::to(&shop);
    let (admin, customer) =
        (Customer::admin(&access).await, Customer::register(&access, &shop.mailbox).await);
    let card = customer.save_card(CARD).await;
    let mut ids = Vec::new();
    for key in ["oldest", "older", "newer", "newest"] {
        ids.push(customer.order(key, card, SKU, 2).await.expect(201).json::<Order>().id);
    }
    rested(&shop).await;
    let listed = async |path: String| customer.get(Payment, &path).await.expect(200).json::<Page<Order>>();
    let first = listed("/orders?limit=3".to_owned()).await;
    let place = first.next_cursor.unwrap();
    // The oldest stays: its email is due.
    shop.service(Verification).stop().await.unwrap();
    refund(&admin, ids[0], "late").await;
    let _settled = until(PATIENCE, async || waiting(&shop), |found| found == &["0", "1", "0"]).await;
    all_leave(&shop, &to, 3).await;

    let rest = listed(format!("/orders?limit=3&cursor={place}")).await;
    let ids_of = |page: &Page<Order>| page.items.iter().map(|order| order.id).collect::<Vec<_>>();
    assert_eq!(ids_of(&rest), [ids[0]]);
    let status = json!(rest.items[0].status);
    let status = status.as_str().unwrap();
    let same = listed(format!("/orders?limit=3&status={status}&cursor={place}")).await;
    assert_eq!(ids_of(&same), [ids[0]]);
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn order_erased_meanwhile_is_archived_without_its_address() {
    let (mut shop, to) = archiving("archive-erased").await;
    let access = Access::to(&shop);
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    let address = json!({"line1": STREET, "city": "Norwich", "postal_code": "NR1 3JU", "country": "GB"});
    let items = json!([{"sku": SKU, "quantity": 1}]);
    let body = json!({"items": items, "payment_method_id": card, "shipping_address": address});
    let order = Answer::of(customer.order_request("sold", &body)).await.expect(201).json::<Order>().id;
    rested(&shop).await;
    let _killed = archive_after(&shop, &to, "0", "bootstrap.archive.written").await.unwrap_err();
    let key = format!("{{pay}}:o:{order}");
    let written = || serde_json::to_string(&archive::orders(&to).unwrap()[&order].keys[&key]).unwrap();
    assert!(written().contains(STREET) && written().contains("fingerprint"));

    close(&shop, &customer).await;
    let said = archive_after(&shop, &to, "0", "").await.unwrap();
    assert!(said.contains("finished an interrupted batch; 1 orders changed"), "{said}");
    // It is in `….kept` of the first file, and in the next file as it is now.
    assert!(!written().contains(STREET) && !written().contains("fingerprint"), "{}", written());
    assert_eq!(holds(&shop, &to).await, BTreeSet::from([order]));
    checksums_are_right(&to);
    shop.stop().await.unwrap();
}
