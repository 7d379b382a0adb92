//! Lists compared with a naive model, over random products.

use estore_contract::{Sku, inventory::Product, text::Slug};
use estore_inventory::{
    domain::query_words,
    store::{
        catalog, categories,
        list::{self, Question, SortKey},
    },
};
use proptest::{
    prelude::Rng,
    test_runner::{RngAlgorithm, TestRng},
};

use crate::{
    questions::everything,
    store::{Store, body},
};

pub(crate) fn slug(text: &str) -> Slug {
    text.to_owned().try_into().unwrap()
}

pub(crate) async fn walk(store: &Store, mut question: Question) -> Vec<Product> {
    let mut found = Vec::new();
    loop {
        let (page, place) = list::read(&store.redis, &question).await.unwrap();
        assert!(page.len() <= question.limit);
        found.extend(page);
        match place {
            Some(_) => question.after = place,
            None => return found,
        }
    }
}

#[tokio::test]
async fn lists_match_a_naive_search() {
    let store = Store::start("lists").await;
    for (name, parent) in [("root", None), ("c", Some("root")), ("d", Some("root")), ("e", Some("d"))] {
        let parent = parent.map(slug);
        categories::write(&store.redis, &slug(name), &name.to_owned().try_into().unwrap(), parent.as_ref())
            .await
            .unwrap();
    }
    let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &[3; 32]);
    let mut pick = |from: &[&'static str]| from[random.next_u32() as usize % from.len()];
    let mut all = Vec::new();
    // More products than one call collects, so that indexes are walked too.
    for n in 0..2300 {
        let sku: Sku = format!("P{n}").parse().unwrap();
        let name = format!("{} {} {n}", pick(&["Red", "blue", "Größe"]), pick(&["mug", "Tent", "lamp"]));
        let mut body = body(&name, i64::from(n % 7) * 100);
        body.category = slug(pick(&["c", "d", "e"]));
        body.tags = vec![pick(&["x", "y", "z"]).to_owned().try_into().unwrap()];
        store.add(&sku, body, n % 3).await;
        all.push(catalog::read(&store.redis, &sku).await.unwrap());
    }
    let below = |product: &Product, category: &str| match category {
        "root" => true,
        "d" => ["d", "e"].contains(&product.category.as_str()),
        other => product.category.as_str() == other,
    };
    for (word, category, tag, stock, range) in [
        (None, None, None, false, (None, None)),
        (None, Some("root"), None, true, (None, None)),
        (None, Some("d"), Some("x"), false, (Some(100), Some(300))),
        (Some("größe"), None, None, false, (None, None)),
        (Some("mug"), Some("e"), Some("y"), true, (None, Some(400))),
        (Some("nothing"), None, None, false, (None, None)),
    ] {
        for sort in [
            (SortKey::Name, false),
            (SortKey::Price, false),
            (SortKey::Price, true),
            (SortKey::CreatedAt, true),
            (SortKey::Relevance, true),
        ] {
            if sort.0 == SortKey::Relevance && word.is_none() {
                continue;
            }
            let question = Question {
                words: word.map(query_words).unwrap_or_default(),
                category: category.map(slug),
                tags: tag.into_iter().map(|tag: &str| tag.to_owned().try_into().unwrap()).collect(),
                min_price: range.0,
                max_price: range.1,
                in_stock: stock,
                sort,
                ..everything(100)
            };
            let mut found: Vec<String> =
                walk(&store, question).await.into_iter().map(|product| product.sku.to_string()).collect();
            let fits = |product: &&Product| {
                word.is_none_or(|word| {
                    product.name.as_str().to_lowercase().split(' ').any(|other| other == word)
                }) && category.is_none_or(|category| below(product, category))
                    && tag.is_none_or(|tag| product.tags[0].as_str() == tag)
                    && (!stock || product.available > 0)
                    && range.0.is_none_or(|least| product.price.amount >= least)
                    && range.1.is_none_or(|most| product.price.amount <= most)
            };
            let mut expected: Vec<&Product> = all.iter().filter(fits).collect();
            expected.sort_by(|a, b| {
                let (a_sku, b_sku) = (a.sku.as_str(), b.sku.as_str());
                match sort {
                    (SortKey::Name, _) => {
                        (a.name.as_str().to_lowercase(), a_sku).cmp(&(b.name.as_str().to_lowercase(), b_sku))
                    }
                    (SortKey::Price, false) => (a.price.amount, a_sku).cmp(&(b.price.amount, b_sku)),
                    (SortKey::Price, true) => (b.price.amount, b_sku).cmp(&(a.price.amount, a_sku)),
                    _ => (b.created_at, b_sku).cmp(&(a.created_at, a_sku)),
                }
            });
            let mut expected: Vec<String> =
                expected.into_iter().map(|product| product.sku.to_string()).collect();
            if sort.0 == SortKey::Relevance {
                found.sort();
                expected.sort();
            }
            assert_eq!(found, expected, "{word:?} {category:?} {tag:?} {stock} {range:?} {sort:?}");
        }
    }
}
