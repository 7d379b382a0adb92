//! Texts that the shop accepted under earlier rules.

use estore_contract::{
    Sku,
    inventory::{CategoryCount, CategoryTree, ProductBody, TagList},
    text::{Slug, Tag, Title},
};
use estore_inventory::store::{catalog, categories};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    questions::{Replica, everything},
    store::{Store, body},
};

/// Returns an answer as its client reads it.
fn read<T: Serialize + DeserializeOwned>(answer: &T) -> T {
    serde_json::from_value(serde_json::to_value(answer).unwrap()).unwrap()
}

#[tokio::test]
async fn catalogue_from_before_the_rules_is_served() {
    let store = Store::start("kept").await;
    let (sku, redis): (Sku, _) = ("P".parse().unwrap(), &store.redis);
    // None of the three can be written today.
    let (name, category) = (Title::kept("\u{feff}Mug".to_owned()), Slug::kept("old_mugs".to_owned()));
    let tags = vec![Tag::kept("Old tag".to_owned())];
    categories::write(redis, &category, &name, None).await.unwrap();
    let old =
        ProductBody { name: name.clone(), category: category.clone(), tags: tags.clone(), ..body("Mug", 5) };
    store.add(&sku, old, 1).await;

    let product = catalog::read(redis, &sku).await.unwrap();
    assert_eq!((&product.name, &product.category, &product.tags), (&name, &category, &tags));
    assert_eq!(read(&product), product);
    let tree = CategoryTree { items: categories::tree(redis).await.unwrap() };
    assert_eq!((read(&tree), tree.items[0].count), (tree.clone(), 1));
    let count = CategoryCount { slug: category, name: name.clone(), count: 1 };
    assert_eq!(read(&count), count);
    let counted = TagList { items: categories::tags(redis).await.unwrap() };
    assert_eq!((read(&counted), &counted.items[0].tag), (counted.clone(), &tags[0]));

    let replica = Replica::loaded(&store).await;
    assert_eq!(replica.skus(everything(9)), ["P"]);
    let view = replica.catalogue.tags().unwrap().unwrap();
    assert_eq!(serde_json::from_slice::<TagList>(&view.body).unwrap(), counted);
    // The replica follows a change of such a category, too.
    categories::write(redis, &Slug::kept("old_lamps".to_owned()), &name, None).await.unwrap();
    replica.catch_up().await;
}
