//! Tests of the shopper against a shop on this machine.

mod ordering;
mod serve;

use std::{collections::BTreeMap, process::Output};

use estore_testbed::ServiceName;
use estore_tests::{ADMIN, Access, Customer, access, program};
use tokio::process::Command;

/// Runs `estore-shopper order` against the shared shop, with these variables in place of the right
/// ones. Returns its output.
async fn order(other: &[(&str, &str)]) -> Output {
    order_at(&access(), other).await
}

/// Does the same against the shop of `access`.
#[expect(clippy::unwrap_used, reason = "a test")]
async fn order_at(access: &Access, other: &[(&str, &str)]) -> Output {
    let mut environment: BTreeMap<String, String> = ServiceName::WITH_STOREFRONT
        .into_iter()
        .map(|name| (format!("{}_URL", name.as_str().to_uppercase()), access.url(name, "")))
        .collect();
    let fixed = [("ADMIN_EMAIL", ADMIN.0), ("ADMIN_PASSWORD", ADMIN.1), ("GATEWAY", "sandbox")];
    environment
        .extend(fixed.iter().chain(other).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    Command::new(program("estore-shopper")).arg("order").env_clear().envs(environment).output().await.unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[tokio::test]
async fn order_is_placed_repeated_and_refunded() {
    let done = order(&[]).await;
    let said = said(&done);
    assert!(done.status.success(), "{said}");
    for line in [
        "the storefront shows its first page",
        "ordered one: ",
        "the same key finds the same order",
        "refunded it",
        "in stock, as before",
    ] {
        assert!(said.contains(line), "{said}");
    }
    let admin = Customer::admin(&access()).await;
    let cards = admin.get(ServiceName::Payment, "/payment-methods").await.value();
    assert_eq!(cards["items"].as_array().map(Vec::len), Some(0), "the card is deleted");
}

#[tokio::test]
async fn failure_is_reported_in_one_line() {
    let done = order(&[("ADMIN_PASSWORD", "not this one")]).await;
    let said = said(&done);
    assert_eq!(done.status.code(), Some(1), "{said}");
    assert!(said.contains("estore-shopper: could not log in: 401"), "{said}");
}

#[tokio::test]
async fn gateway_with_real_money_gets_no_order() {
    let done = order(&[("GATEWAY", "stripe")]).await;
    let said = said(&done);
    assert!(done.status.success() && said.contains("nothing is ordered"), "{said}");
    assert!(!said.contains("saved a test card"), "{said}");
}
