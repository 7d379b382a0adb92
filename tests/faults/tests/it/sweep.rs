//! A sweep over every value in the stores of a correct shop, changed one at a time. The checker
//! finds each change, or the value is on a list of those that nothing depends on.

use std::collections::BTreeMap;

use estore_faults::{
    checker::{When, check},
    history::Op,
    stores::{Dump, Snapshot},
};

use crate::{closing, moving, mutate::mutations, quiet};

/// Values that nothing depends on: current texts and prices, times, tries, fingerprints, secrets. A
/// star stands for any continuation, such as a value that is gone. A value that only one service
/// reads is that service's to test.
const FREE: &[&str] = &[
    "{gw}:p:<id> created_at*",
    "{gw}:p:<id> decline_code",
    "{gw}:p:<id> updated_at*",
    "{gw}:payments score",
    // Both bring stock.
    "{inv}:journal kind adjusted → received",
    "{inv}:journal kind received → adjusted",
    "{inv}:p:<sku> amount*",
    "{inv}:p:<sku> created_at*",
    "{inv}:p:<sku> currency*",
    "{inv}:p:<sku> doc*",
    "{inv}:p:<sku> idx*",
    "{inv}:p:<sku> folding*",
    "{inv}:p:<sku> name*",
    "{inv}:p:<sku> status*",
    "{inv}:p:<sku> updated_at*",
    "{inv}:p:<sku> version*",
    // Of a hold that has ended.
    "{inv}:r:<id> expires_at*",
    "{inv}:r:<id> fingerprint*",
    "{inv}:r:<id> ttl*",
    "{pay}:m:<id> .brand*",
    "{pay}:m:<id> .id*",
    "{pay}:m:<id> .last4*",
    "{pay}:m:<id> .sealed*",
    "{pay}:o:<id> attempts*",
    "{pay}:o:<id> brand*",
    "{pay}:o:<id> deadline*",
    "{pay}:o:<id> email*",
    "{pay}:o:<id> failure.message*",
    "{pay}:o:<id> fingerprint*",
    "{pay}:o:<id> last4*",
    "{pay}:o:<id> locale*",
    "{pay}:o:<id> name*",
    "{pay}:o:<id> payment*",
    "{pay}:o:<id> refund_version*",
    "{pay}:o:<id> updated_at*",
    "{pay}:o:<id>:log later ms",
    "{pay}:o:<id>:r:<n> attempts*",
    "{pay}:o:<id>:r:<n> failure*",
    "{pay}:o:<id>:r:<n> fingerprint*",
    "{pay}:o:<id>:r:<n> reason*",
    "{pay}:o:<id>:r:<n> updated_at*",
    "{pay}:o:<id>:r:<n>:log later ms",
    "{pay}:u:<id>:ledger at*",
    // Without a view, an order is shown from its fields.
    "{pay}:views -",
    "{pay}:views <id> -",
    // A refund that failed in an earlier release is not in it.
    "{pay}:failed -",
    "{pay}:failed member -",
    "{pay}:failed score",
    // Only the reconciler reads it.
    "{pay}:unsettled*",
    // Indexes and counters for reports, which the service's own tests check.
    "{pay}:numbers*",
    "{pay}:sales*",
    "{pay}:u:<id>:keys score",
    "{pay}:u:<id>:methods score",
    "{pay}:u:<id>:records k*",
];

/// Values that are settled later, and free until then.
const FREE_UNDER_WAY: &[&str] = &[
    // Of a hold that Payment does not know of yet: name, price and currency.
    "{inv}:r:<id> lines[1]*",
    "{inv}:r:<id> lines[3]",
    "{inv}:r:<id> lines[4]*",
    "{inv}:r:<id> lines[6]*",
    "{inv}:r:<id> lines[8]",
    "{inv}:r:<id> lines[9]*",
    // An email may have been requested already.
    "{pay}:mail -",
    "{pay}:mail member -",
    "{pay}:mail score",
    // No client knows the reason yet, or the requested lines.
    "{pay}:o:<id> failure -",
    "{pay}:o:<id> failure.code",
    "{pay}:o:<id> request.items[0].sku*",
    "{pay}:o:<id> request.items[1].sku*",
    // No unit is restocked yet.
    "{pay}:o:<id>:r:<n> restock",
    "{pay}:work score",
];

/// Returns true if a place matches an entry of the list.
fn is(place: &str, listed: &str) -> bool {
    listed.strip_suffix('*').map_or(place == listed, |begin| place.starts_with(begin))
}

/// Returns the places with a change that the checker did not find, each with one such change.
fn missed(dump: &Dump, ops: &[Op], when: When) -> BTreeMap<String, String> {
    let (mut missed, mut tried) = (BTreeMap::new(), 0);
    mutations(dump, |place, key, mutant| {
        tried += 1;
        if check(&Snapshot::of(mutant), ops, when).is_empty() {
            missed.entry(place).or_insert_with(|| format!("{key} is {:?}", mutant.get(key)));
        }
    });
    assert!(tried > 5000, "{tried} changes are too few to say anything");
    missed
}

#[tokio::test]
async fn change_in_a_quiet_shop_is_found() {
    let shop = quiet::shop("sweep-quiet").await;
    let mut missed = missed(&shop.stage.dump().await, &shop.ops(), When::Quiet);
    for listed in FREE {
        let before = missed.len();
        missed.retain(|place, _| !is(place, listed));
        assert_ne!(missed.len(), before, "{listed} is found: it is not free");
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[tokio::test]
async fn change_after_an_account_closed_is_found() {
    let shop = closing::shop("sweep-closed").await;
    let mut missed = missed(&shop.stage.dump().await, &shop.ops(), When::Quiet);
    // The time of closing; and the flag that all of it was erased, if all is.
    missed
        .retain(|place, _| !is(place, "{pay}:u:<id>:closed at*") && !is(place, "{pay}:u:<id>:closed done*"));
    missed.retain(|place, _| !FREE.iter().any(|listed| is(place, listed)));
    assert!(missed.is_empty(), "{missed:#?}");
}

#[tokio::test]
async fn change_in_a_shop_in_progress_is_found() {
    let shop = moving::shop("sweep-moving").await;
    let mut missed = missed(&shop.stage.dump().await, &shop.ops(), When::Lossy);
    missed.retain(|place, _| !FREE.iter().any(|listed| is(place, listed)));
    for listed in FREE_UNDER_WAY {
        let before = missed.len();
        missed.retain(|place, _| !is(place, listed));
        assert_ne!(missed.len(), before, "{listed} is found: it is not free");
    }
    assert!(missed.is_empty(), "{missed:#?}");
}
