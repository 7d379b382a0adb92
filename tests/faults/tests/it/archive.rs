//! Orders that ended long ago leave Redis for files: nothing is lost and nothing is there twice, wherever that is cut short.

use std::{collections::BTreeSet, fs, path::Path, process::Command, time::Duration};

use estore_contract::{
    OrderId, Page,
    payment::{Order, Transaction},
};
use estore_faults::{
    checker::{When, check},
    stores::{Snapshot, archive},
};
use estore_stage::{
    ServiceName::{Payment, Verification},
    Shop,
};
use estore_tests::{Access, Answer, CARD, Customer, Method, directory, options, unique, until};
use serde_json::json;

const DECLINED: &str = "4000000000000002";
const SKU: &str = "MUG-ENAMEL-01";
const PATIENCE: Duration = Duration::from_mins(1);

/// Runs the job with `ARCHIVE_AFTER`; what it said, good or bad.
async fn archive_after(shop: &Shop, to: &Path, after: &str, fail_point: &str) -> Result<String, String> {
    let to = to.display().to_string();
    let settings = [("ARCHIVE_DIR", to.as_str()), ("ARCHIVE_AFTER", after), ("FAIL_POINT", fail_point)];
    shop.bootstrap_with(&["archive"], &settings).await.map_err(|error| error.to_string())
}

/// Redis and the archive together satisfy all equations; answers which orders are in the archive.
async fn holds(shop: &Shop, to: &Path) -> BTreeSet<OrderId> {
    let archived = archive::orders(to).unwrap();
    let ids = archived.keys().copied().collect();
    let mut dump = Snapshot::dump(&shop.redis.observe(0), &shop.redis.observe(1)).await.unwrap();
    archive::put_back(&mut dump, archived).unwrap();
    let violations = check(&Snapshot::of(&dump), &[], When::Quiet);
    assert!(violations.is_empty(), "{violations:#?}");
    ids
}

/// How many tasks there are, mails to be asked for, and orders to be compared with the journal. In this order: the call that
/// ends the one begins the others.
fn waiting(shop: &Shop) -> [String; 3] {
    let password = &shop.environment(Payment)["REDIS_PASSWORD"];
    ["{pay}:work", "{pay}:mail", "{pay}:unsettled"]
        .map(|key| shop.redis.ask("observer", password, &["ZCARD", key]).unwrap())
}

/// Waits until there is none of these.
async fn rested(shop: &Shop) {
    let _none = until(PATIENCE, async || waiting(shop), |found| found == &["0", "0", "0"]).await;
}

/// Runs the job until so many orders have left.
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
async fn old_orders_leave_redis_for_files_and_their_keys_make_no_others() {
    let directory = directory("archive");
    Shop::erase(&directory).unwrap();
    let settings = [("RECONCILE_AFTER_SECONDS", "1"), ("LEASE_SECONDS", "2"), ("GATEWAY_REDIS_DB", "0")];
    let mut shop =
        Shop::start(estore_stage::Options { faults: true, ..options(directory.clone(), &settings) })
            .await
            .unwrap();
    let (access, to) = (Access::to(&shop), directory.join("archived"));
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

    // Nothing is old enough: 400 days, unless something else is said.
    let said = archive_after(&shop, &to, "", "").await.unwrap();
    assert!(said.contains("nothing else is old enough"), "{said}");
    assert_eq!(holds(&shop, &to).await, BTreeSet::new());
    let said = archive_after(&shop, &to, "soon", "").await.unwrap_err();
    assert!(said.contains("ARCHIVE_AFTER is wrong"), "{said}");

    // Cut short before anything left, between both services, and before it was noted that all did.
    let three = BTreeSet::from([plain, refunded, declined]);
    let _killed = archive_after(&shop, &to, "0", "bootstrap.archive.written").await.unwrap_err();
    let path = format!("/orders/{plain}");
    let _still = customer.get(Payment, &path).await.expect(200);
    // One of them goes on meanwhile, and stays.
    refund(&admin, refunded, "r2").await;
    rested(&shop).await;
    let _killed = archive_after(&shop, &to, "0", "bootstrap.archive.between").await.unwrap_err();
    let _gone = customer.get(Payment, &path).await.refused(404, "not_found");
    let said = archive_after(&shop, &to, "0", "").await.unwrap();
    assert!(said.contains("finished what was cut short, 1 orders went on"), "{said}");
    // It stays for as long as the reconciler has yet to hear of what came back.
    all_leave(&shop, &to, 3).await;
    assert_eq!(holds(&shop, &to).await, three);
    checksums_are_right(&to);
    let said = archive_after(&shop, &to, "0", "").await.unwrap();
    assert!(said.contains("nothing else is old enough"), "{said}");

    // What is left: the books, and that each key was used.
    for (key, card, id) in [("plain", good, plain), ("declined", bad, declined), ("plain", bad, plain)] {
        let refused = customer.order(key, card, SKU, 2).await.refused(409, "order_archived");
        assert_eq!(refused.order_id, Some(id));
    }
    let page: Page<Order> = customer.get(Payment, "/orders").await.expect(200).json();
    assert!(page.items.is_empty());
    let ledger: Page<Transaction> = customer.get(Payment, "/transactions").await.expect(200).json();
    assert_eq!(ledger.items.iter().filter(|entry| entry.order_id == refunded).count(), 4);

    // A restore leaves them alone, and so does the reconciler, which reads the whole journal then.
    let stock = admin.stock(SKU).await;
    let said = shop.bootstrap_with(&["after-restore", "--all"], &[]).await.unwrap();
    assert!(said.contains(": 3: 3 archived"), "{said}");
    rested(&shop).await;
    assert_eq!(admin.stock(SKU).await, stock);
    let later = buy("later").await;
    rested(&shop).await;
    assert_eq!(holds(&shop, &to).await, three);

    // A file that was damaged takes nothing out of Redis.
    let _killed = archive_after(&shop, &to, "0", "bootstrap.archive.written").await.unwrap_err();
    let newest = fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().path());
    let newest =
        newest.filter(|path| path.extension().is_some_and(|ending| ending == "jsonl")).max().unwrap();
    let whole = fs::read_to_string(&newest).unwrap();
    fs::write(&newest, whole.replace("\"completed\"", "\"cancelled\"")).unwrap();
    let said = archive_after(&shop, &to, "0", "").await.unwrap_err();
    assert!(said.contains("is not what its checksum says"), "{said}");
    let _still = customer.get(Payment, &format!("/orders/{later}")).await.expect(200);
    fs::write(&newest, whole).unwrap();
    all_leave(&shop, &to, 4).await;
    assert_eq!(holds(&shop, &to).await.len(), 4);
    shop.stop().await.unwrap();
}

#[tokio::test]
async fn what_a_mail_is_to_be_asked_for_stays_and_the_rest_goes_in_parts() {
    let directory = directory("archive-parts");
    Shop::erase(&directory).unwrap();
    let settings = [("RECONCILE_AFTER_SECONDS", "1"), ("LEASE_SECONDS", "2")];
    let mut shop =
        Shop::start(estore_stage::Options { faults: true, ..options(directory.clone(), &settings) })
            .await
            .unwrap();
    let (access, to) = (Access::to(&shop), directory.join("archived"));
    let customer = Customer::register(&access, &shop.mailbox).await;
    let card = customer.save_card(CARD).await;
    // More than a part looks at.
    for n in 0..103 {
        let _order = customer.order(&format!("{n}-{}", unique()), card, SKU, 1).await.expect(201);
    }
    rested(&shop).await;
    // Its mail is not asked for yet.
    shop.service(Verification).stop().await.unwrap();
    let mailing = customer.order("mailing", card, SKU, 1).await.expect(201).json::<Order>().id;
    let _settled = until(PATIENCE, async || waiting(&shop), |found| found == &["0", "1", "0"]).await;
    let said = archive_after(&shop, &to, "0", "").await.unwrap();
    assert!(said.contains(": 103 orders, of which 0 went on"), "{said}");
    let _still = customer.get(Payment, &format!("/orders/{mailing}")).await.expect(200);
    shop.service(Verification).start_again().unwrap();
    rested(&shop).await;
    all_leave(&shop, &to, 104).await;
    assert_eq!(holds(&shop, &to).await.len(), 104);
    shop.stop().await.unwrap();
}
