//! A read that begins first and ends last does not replace newer data.

use std::slice::from_ref;

use estore_contract::{Sku, inventory::Product};
use estore_inventory::{
    catalogue::{Change, Entry, Extra, Index, Listed, Ready, page_tag},
    domain::Edition,
};
use serde_json::json;

use crate::questions::everything;

fn product(version: u64, name: &str, available: i64) -> Product {
    named("A", version, name, available)
}

fn named(sku: &str, version: u64, name: &str, available: i64) -> Product {
    serde_json::from_value(json!({
        "sku": sku, "name": name, "description": "", "price": {"amount": 5, "currency": "USD"}, "category": "c",
        "tags": [], "images": [], "attributes": {}, "available": available, "status": "active", "version": version,
        "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"
    }))
    .unwrap()
}

fn put(product: &Product) -> [Change; 1] {
    [Change::Put(Box::new(Entry::of(product).unwrap()))]
}

fn gone() -> [Change; 1] {
    let sku: Sku = "A".parse().unwrap();
    [Change::Gone(sku)]
}

#[test]
fn older_read_does_not_undo_a_newer_one() {
    let mut index = Index::new(1 << 20);
    index.apply(put(&product(2, "New", 3)), 20);
    index.apply(put(&product(1, "Old", 9)), 10);
    assert_eq!(index.state("A"), Some((2, 3)));
    index.apply(gone(), 15);
    assert_eq!(index.state("A"), Some((2, 3)));
    index.apply(gone(), 30);
    index.apply(put(&product(2, "New", 3)), 25);
    assert_eq!((index.state("A"), index.products()), (None, 0));
    index.apply(put(&product(4, "Back", 1)), 40);
    assert_eq!((index.state("A"), index.products()), (Some((4, 1)), 1));
}

#[test]
fn count_and_description_are_read_apart() {
    let mut index = Index::new(1 << 20);
    index.apply(put(&product(1, "A", 9)), 10);
    // A count that begins after a description is read, and is applied before it, does not keep the
    // description out.
    index.count_of("A", 7, 30);
    index.apply(put(&product(2, "B", 9)), 20);
    assert_eq!(index.state("A"), Some((2, 7)));
    index.count_of("A", 8, 25);
    assert_eq!(index.state("A"), Some((2, 7)));
}

#[test]
fn number_freed_during_the_load_is_listed_once() {
    let mut index = Index::new(1 << 20);
    for change in put(&product(1, "First", 1)).into_iter().chain(gone()) {
        index.stage(change, 10);
    }
    for change in put(&named("B", 1, "Second", 1)) {
        index.stage(change, 10);
    }
    index.settle();
    assert_eq!(index.products(), 1);
}

#[test]
fn page_takes_no_json_of_another_edition() {
    let mut index = Index::new(0);
    let newest = product(6, "Mug", 1);
    index.apply(put(&newest), 1);
    let list = |read: &Product| {
        let ready = (Edition::of(read), Ready::of(read).unwrap());
        let extra = Extra::from([(read.sku.clone(), ready)]);
        index.list(&everything(9), |_| String::new(), |_| false, &extra)
    };
    assert_eq!(list(&product(5, "Mug", 1)), Listed::Missing(vec![newest.sku.clone()]));
    assert!(matches!(list(&newest), Listed::Page(tag, _) if tag == page_tag(from_ref(&newest), None)));
}
