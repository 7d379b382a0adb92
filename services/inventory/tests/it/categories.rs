//! Products and the tree of categories.

use estore_contract::{Sku, inventory::ProductStatus};
use estore_inventory::{
    Error,
    store::{
        catalog::{self, Archived, Write},
        categories,
        list::Question,
    },
};

use crate::{
    catalogue::slug,
    questions::{everything, stored},
    store::{Store, body},
};

async fn put(store: &Store, name: &str, parent: Option<&str>) -> Result<(), Error> {
    let (title, parent) = (name.to_owned().try_into().unwrap(), parent.map(slug));
    categories::write(&store.redis, &slug(name), &title, parent.as_ref()).await
}

/// Plants a chain of this many categories, from `{name}1` down.
async fn chain(store: &Store, name: &str, levels: usize) {
    put(store, &format!("{name}1"), None).await.unwrap();
    for n in 2..=levels {
        put(store, &format!("{name}{n}"), Some(&format!("{name}{}", n - 1))).await.unwrap();
    }
}

async fn listed_in(store: &Store, name: &str) -> Vec<String> {
    stored(store, Question { category: Some(slug(name)), ..everything(9) }).await
}

/// Returns the field that a write was refused for.
fn refused(outcome: Result<impl std::fmt::Debug, Error>) -> String {
    match outcome {
        Err(Error::Invalid(mut fields)) => fields.remove(0).field,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn product_returns_only_to_an_existing_category() {
    let store = Store::start("returns").await;
    let (sku, redis): (Sku, _) = ("P".parse().unwrap(), &store.redis);
    put(&store, "c", None).await.unwrap();
    store.add(&sku, body("Mug", 5), 1).await;
    catalog::archive(redis, &sku, Archived::ByAdmin(None)).await.unwrap();
    categories::delete(redis, &slug("c")).await.unwrap();
    let activate = async || {
        let version = catalog::read(redis, &sku).await.unwrap().version;
        let patch = Write::Patch { version, status: Some(ProductStatus::Active), category: false };
        catalog::write(redis, &sku, body("Mug", 5), patch).await
    };
    assert_eq!(refused(activate().await), "category");
    assert_eq!(catalog::read(redis, &sku).await.unwrap().status, ProductStatus::Archived);
    put(&store, "top", None).await.unwrap();
    put(&store, "c", Some("top")).await.unwrap();
    activate().await.unwrap();
    assert_eq!(listed_in(&store, "top").await, ["P"]);
}

#[tokio::test]
async fn category_made_again_brings_its_products() {
    let store = Store::start("again").await;
    for (name, parent) in [("top", None), ("c", None)] {
        put(&store, name, parent).await.unwrap();
    }
    store.add(&"P".parse().unwrap(), body("Mug", 5), 1).await;
    // As versions before left it: a product for sale, and no category.
    store.operate(&["HDEL", "{inv}:categories", "c"]);
    put(&store, "c", Some("top")).await.unwrap();
    assert_eq!(listed_in(&store, "top").await, ["P"]);
}

#[tokio::test]
async fn tree_has_at_most_16_levels() {
    let store = Store::start("levels").await;
    chain(&store, "a", 16).await;
    assert_eq!(refused(put(&store, "a17", Some("a16")).await), "parent");
    chain(&store, "b", 3).await;
    assert_eq!(refused(put(&store, "b1", Some("a14")).await), "parent", "its children move with it");
    put(&store, "b2", Some("a14")).await.unwrap();
    put(&store, "b1", Some("b3")).await.unwrap_err();
    put(&store, "b1", Some("a15")).await.unwrap();
    put(&store, "a16", Some("a15")).await.unwrap();
}

#[tokio::test]
async fn deeper_stored_tree_moves_upwards() {
    let store = Store::start("upwards").await;
    // Written by a version without the limit.
    for n in 1..=40 {
        let parent = if n == 1 { String::new() } else { format!("a{}", n - 1) };
        let node = serde_json::json!([format!("a{n}"), parent]).to_string();
        store.operate(&["HSET", "{inv}:categories", &format!("a{n}"), &node]);
    }
    put(&store, "a40", Some("a39")).await.unwrap();
    put(&store, "a30", Some("a9")).await.unwrap();
    put(&store, "b", None).await.unwrap();
    assert_eq!(refused(put(&store, "b", Some("a29")).await), "parent");
    put(&store, "b", Some("a15")).await.unwrap();
}
