//! Products written by an older version of the service.

use estore_contract::{Sku, inventory::ProductStatus};
use estore_inventory::{
    domain::query_words,
    store::{
        catalog::{self, Archived, Write},
        categories, folding,
        list::{self, Question},
    },
};

use crate::{
    catalogue::slug,
    questions::everything,
    store::{Store, body},
};

/// Writes a product as a replica of the previous release does: words in lower case only, and no
/// status.
fn write_as_before(store: &Store, sku: &str, name: &str, word: &str) {
    let doc = format!(
        r#"{{"name":"{name}","description":"","category":"c","tags":[],"images":[],"attributes":{{}}}}"#
    );
    let idx = format!(r#"{{"sort_name":"{word}","category":"c","tags":[],"words":[["{word}",8]]}}"#);
    let call =
        ["FCALL", "inv1_put_product", "1", "{inv}", sku, "import", "", &doc, name, "5", "USD", &idx, "1"];
    let said = store.operate(&call);
    assert!(said.starts_with("created") || said.starts_with("updated"), "{said}");
}

async fn found(store: &Store, question: &str) -> Vec<String> {
    let question = Question { words: query_words(question), in_stock: true, ..everything(100) };
    let (page, _) = list::read(&store.redis, &question).await.unwrap();
    page.into_iter().map(|product| product.sku.to_string()).collect()
}

async fn store(name: &str) -> Store {
    let store = Store::start(name).await;
    categories::write(&store.redis, &slug("c"), &"C".to_owned().try_into().unwrap(), None).await.unwrap();
    store
}

#[tokio::test]
async fn products_from_an_older_version_are_found() {
    let store = store("folding").await;
    // More than one call inspects.
    for n in 0..450 {
        write_as_before(&store, &format!("P{n}"), "Crème Nº", "crème");
    }
    store.add(&"NEW".parse().unwrap(), body("Crème", 5), 1).await;
    assert_eq!(found(&store, "creme").await, ["NEW"]);
    assert_eq!(folding::refresh(&store.redis).await.unwrap(), 450);
    assert_eq!(
        (found(&store, "crème").await.len(), found(&store, "no p7").await),
        (100, vec!["P7".to_owned()])
    );
    assert_eq!(folding::refresh(&store.redis).await.unwrap(), 0, "a repeat finds nothing to do");
    // A replica of the previous release that still runs writes one more.
    write_as_before(&store, "P7", "Straße", "straße");
    assert_eq!(folding::refresh(&store.redis).await.unwrap(), 1);
    assert_eq!(found(&store, "strasse").await, ["P7"]);
    let sku: Sku = "P7".parse().unwrap();
    let product = catalog::read(&store.redis, &sku).await.unwrap();
    assert_eq!((product.version, product.available), (2, 1), "nobody sees that it was indexed anew");
}

#[tokio::test]
async fn import_restores_only_products_it_withdrew() {
    let store = store("withdrawn").await;
    let (sku, redis): (Sku, _) = ("P".parse().unwrap(), &store.redis);
    let listed = async || !found(&store, "mug").await.is_empty();
    store.add(&sku, body("Mug", 5), 1).await;
    catalog::archive(redis, &sku, Archived::Withdrawn).await.unwrap();
    assert!(!listed().await);
    store.add(&sku, body("Mug", 5), 1).await;
    assert!(listed().await, "its entry is back");
    catalog::archive(redis, &sku, Archived::ByAdmin(None)).await.unwrap();
    for name in ["Mug", "Mug of another description"] {
        store.add(&sku, body(name, 5), 1).await;
        assert!(!listed().await, "an admin archived it");
    }
    catalog::archive(redis, &sku, Archived::Withdrawn).await.unwrap();
    store.add(&sku, body("Mug", 5), 1).await;
    assert!(!listed().await, "its entry going and coming does not undo what an admin did");
    catalog::write(redis, &sku, body("Mug", 5), Write::Replace(None)).await.unwrap();
    assert!(listed().await);
}

#[tokio::test]
async fn withdrawn_product_archived_by_admin_stays_archived() {
    let store = store("archived").await;
    let (sku, redis): (Sku, _) = ("P".parse().unwrap(), &store.redis);
    let archived = ProductStatus::Archived;
    store.add(&sku, body("Mug", 5), 1).await;
    for by_patch in [false, true] {
        catalog::write(redis, &sku, body("Mug", 5), Write::Replace(None)).await.unwrap();
        catalog::archive(redis, &sku, Archived::Withdrawn).await.unwrap();
        if by_patch {
            let version = catalog::read(redis, &sku).await.unwrap().version;
            let patch = Write::Patch { version, status: Some(archived), category: false };
            catalog::write(redis, &sku, body("Mug", 5), patch).await.unwrap();
        } else {
            catalog::archive(redis, &sku, Archived::ByAdmin(None)).await.unwrap();
        }
        store.add(&sku, body("Mug", 5), 1).await;
        assert_eq!(catalog::read(redis, &sku).await.unwrap().status, archived, "by a PATCH: {by_patch}");
    }
}
