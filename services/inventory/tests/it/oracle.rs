//! Random catalogues, random changes and random questions: a replica's index gives the same answers
//! as the store.

use std::{collections::BTreeSet, time::Duration};

use estore_contract::{
    Money, OrderId, Page, Quantity, Sku,
    inventory::{AdjustmentBody, ProductBody, ProductStatus},
    reservation::ReserveLine,
};
use estore_inventory::{
    Error,
    catalogue::{Extra, Listed, page_tag},
    domain::{Lines, query_words},
    store::{
        catalog::{self, Archived, Write},
        categories,
        list::{self, Question, SortKey},
        reservations, stock,
    },
};
use proptest::{
    prelude::Rng,
    test_runner::{RngAlgorithm, TestRng},
};
use uuid::Uuid;

use crate::{
    catalogue::slug,
    questions::{Replica, everything, stored},
    store::{Store, body},
};

const CATEGORIES: u32 = 12;
const PRODUCTS: u32 = 400;
const ADJECTIVES: [&str; 4] = ["Red", "blue", "Größe", "ÉMAIL"];
const THINGS: [&str; 4] = ["mug", "Tent", "lamp", "日本"];
const TAGS: [&str; 4] = ["xx", "yy", "zz", "tent"];
const CURRENCIES: [&str; 3] = ["USD", "EUR", "JPY"];

struct Dice(TestRng);

impl Dice {
    fn up_to(&mut self, end: u32) -> u32 {
        self.0.next_u32() % end
    }

    fn one_in(&mut self, n: u32) -> bool {
        self.up_to(n) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.up_to(u32::try_from(from.len()).unwrap()) as usize]
    }

    fn product(&mut self) -> (Sku, ProductBody) {
        let n = self.up_to(PRODUCTS);
        let name = format!("{} {} {}", self.pick(&ADJECTIVES), self.pick(&THINGS), self.up_to(40));
        let mut body = body(&name, i64::from(self.up_to(9)) * 100);
        body.price = Money::new(body.price.amount, self.pick(&CURRENCIES).parse().unwrap());
        body.category = slug(&format!("c{}", self.up_to(CATEGORIES)));
        body.description = format!("{} and {}", self.pick(&THINGS), self.pick(&ADJECTIVES));
        body.tags = (0..self.up_to(3)).map(|_| self.pick(&TAGS).to_owned().try_into().unwrap()).collect();
        (format!("P{n}").parse().unwrap(), body)
    }

    fn question(&mut self) -> Question {
        let words = match self.up_to(3) {
            0 => query_words(&format!("{} {}", self.pick(&THINGS), self.pick(&ADJECTIVES))),
            1 => query_words(self.pick(&THINGS)),
            _ => Vec::new(),
        };
        let sorts = [
            (SortKey::Name, false),
            (SortKey::Price, false),
            (SortKey::Price, true),
            (SortKey::CreatedAt, false),
            (SortKey::CreatedAt, true),
        ];
        let sort = match sorts.get(self.up_to(6) as usize) {
            Some(sort) => *sort,
            None if words.is_empty() => (SortKey::Name, true),
            None => (SortKey::Relevance, true),
        };
        Question {
            words,
            category: self.one_in(2).then(|| slug(&format!("c{}", self.up_to(CATEGORIES + 1)))),
            tags: if self.one_in(3) {
                vec![self.pick(&TAGS).to_owned().try_into().unwrap()]
            } else {
                Vec::new()
            },
            currency: self.one_in(3).then(|| self.pick(&CURRENCIES).parse().unwrap()),
            min_price: self.one_in(3).then(|| i64::from(self.up_to(9)) * 100),
            max_price: self.one_in(3).then(|| i64::from(self.up_to(9)) * 100),
            in_stock: self.one_in(2),
            sort,
            ..everything(1 + self.up_to(20) as usize)
        }
    }
}

async fn plant(store: &Store, dice: &mut Dice, n: u32) {
    let (name, parent) =
        (format!("C{n}").try_into().unwrap(), dice.one_in(4).then(|| dice.up_to(CATEGORIES)));
    let parent = parent.map(|parent| slug(&format!("c{parent}")));
    // The store rejects a parent that is below the category.
    let _refused_or_not =
        categories::write(&store.redis, &slug(&format!("c{n}")), &name, parent.as_ref()).await;
}

async fn change(store: &Store, dice: &mut Dice, n: u128) {
    let ((sku, body), redis) = (dice.product(), &store.redis);
    // The test also sees that a write rejected by the store changes nothing.
    match dice.up_to(9) {
        0 | 1 => store.add(&sku, body, dice.up_to(3)).await,
        2 => drop(catalog::write(redis, &sku, body, Write::Replace(None)).await),
        3 => drop(catalog::archive(redis, &sku, Archived::ByAdmin(None)).await),
        4 => {
            let Ok(now) = catalog::read(redis, &sku).await else { return };
            let status = dice.one_in(2).then_some(ProductStatus::Active);
            let mode = Write::Patch { version: now.version, status, category: true };
            drop(catalog::write(redis, &sku, body, mode).await);
        }
        5 => {
            let child = dice.up_to(CATEGORIES);
            plant(store, dice, child).await;
        }
        6 => {
            let body = AdjustmentBody { delta: 2, reason: "found".to_owned().try_into().unwrap() };
            drop(stock::adjust(redis, &sku, body, &n.to_string()).await);
        }
        _ => {
            let line = ReserveLine { sku, quantity: Quantity::new(1).unwrap() };
            let (order, lines) = (OrderId(Uuid::from_u128(n)), Lines::sum(&[line]).unwrap());
            if reservations::reserve(redis, 0, order, &lines, Duration::from_mins(10)).await.is_ok() {
                match dice.up_to(3) {
                    0 => drop(reservations::release(redis, 0, order).await),
                    1 => drop(reservations::confirm(redis, 0, order).await),
                    _ => {}
                }
            }
        }
    }
}

/// Checks that the index answers with the same bytes and the same entity tag as the store.
async fn compare_answers(store: &Store, replica: &Replica, question: &Question) {
    let (items, place) = list::read(&store.redis, question).await.unwrap();
    let cursor = |place: list::Place| place.1.to_string();
    let next_cursor = place.map(cursor);
    let tag = page_tag(&items, next_cursor.as_deref());
    let expected = serde_json::to_string(&Page { items, next_cursor }).unwrap();
    let mut extra = Extra::new();
    let (known, body) = loop {
        match replica.catalogue.list(question, cursor, |_| false, &extra).unwrap() {
            Listed::Page(tag, body) => break (tag, body),
            Listed::Missing(skus) => extra = replica.catalogue.extra(&store.redis, &skus).await.unwrap(),
            Listed::Known(_) => unreachable!(),
        }
    };
    assert_eq!((String::from_utf8(body).unwrap(), known), (expected, tag.clone()));
    let known = replica.catalogue.list(question, cursor, |known| known == tag, &Extra::new());
    assert_eq!(known, Some(Listed::Known(tag)));
}

/// Checks that the index lists the products of a question by the units that are left, as the store
/// counts them.
async fn compare_stock_order(store: &Store, replica: &Replica, question: &Question) {
    let by_name = Question { sort: (SortKey::Name, false), ..question.clone() };
    let skus: Vec<Sku> = stored(store, by_name).await.iter().map(|sku| sku.parse().unwrap()).collect();
    let products = catalog::read_many(&store.redis, &skus).await.unwrap().into_iter().flatten();
    let mut expected: Vec<(i64, String)> =
        products.map(|product| (product.available.max(0), product.sku.to_string())).collect();
    expected.sort();
    let expected: Vec<String> = expected.into_iter().map(|(_, sku)| sku).collect();
    let by_stock = Question { sort: (SortKey::Available, false), ..question.clone() };
    assert_eq!(replica.skus(by_stock.clone()), expected, "{question:?}");
    let refused = list::read(&store.redis, &by_stock).await;
    assert!(matches!(refused, Err(Error::NotIndexed)), "the store has no such order");
}

/// Checks that each facet is the number of products in the list narrowed to it.
fn compare_facets(replica: &Replica, question: &Question) {
    let count = |question: Question| replica.skus(question).len() as u64;
    let facets = replica.catalogue.facets(question).unwrap();
    assert_eq!(facets.total, count(question.clone()), "{question:?}");
    assert_eq!(facets.in_stock, count(Question { in_stock: true, ..question.clone() }), "{question:?}");
    for tag in TAGS {
        let facet = facets.tags.iter().find(|facet| facet.tag.as_str() == tag);
        let mut narrowed = question.clone();
        narrowed.tags.push(tag.to_owned().try_into().unwrap());
        assert_eq!(facet.map_or(0, |facet| facet.count), count(narrowed), "{question:?} {tag}");
    }
    for facet in &facets.currencies {
        if question.currency.is_none() {
            let narrowed = Question { currency: Some(facet.currency), ..question.clone() };
            assert_eq!(facet.count, count(narrowed), "{question:?} {facet:?}");
        }
    }
    for facet in &facets.categories {
        if question.category.is_none() {
            let narrowed = Question { category: Some(facet.slug.clone()), ..question.clone() };
            assert_eq!(facet.count, count(narrowed), "{question:?} {facet:?}");
        }
    }
}

#[tokio::test]
async fn index_answers_match_the_store() {
    let store = Store::start("oracle").await;
    for seed in 0..2 {
        let mut dice = Dice(TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]));
        for n in 0..CATEGORIES {
            let (slug, name) = (slug(&format!("c{n}")), format!("C{n}").try_into().unwrap());
            categories::write(&store.redis, &slug, &name, None).await.unwrap();
        }
        for n in 0..CATEGORIES {
            plant(&store, &mut dice, n).await;
        }
        for _ in 0..PRODUCTS {
            let (sku, body) = dice.product();
            store.add(&sku, body, dice.up_to(3)).await;
        }
        let replica = Replica::loaded(&store).await;
        for round in 0..12_u32 {
            for n in 0..25 {
                let order = u128::from(round * 100 + n) + (u128::from(seed) << 64);
                change(&store, &mut dice, order).await;
            }
            for _ in 0..12 {
                let question = dice.question();
                // On a busy machine, the index is soon too old to answer.
                replica.catch_up().await;
                let (found, expected) =
                    (replica.skus(question.clone()), stored(&store, question.clone()).await);
                if question.words.is_empty() {
                    assert_eq!(found, expected, "{question:?}");
                } else {
                    let (found_set, expected): (BTreeSet<_>, BTreeSet<_>) =
                        (found.iter().cloned().collect(), expected.into_iter().collect());
                    assert_eq!((found_set.len(), found_set), (found.len(), expected), "{question:?}");
                }
            }
            for _ in 0..4 {
                replica.catch_up().await;
                compare_facets(&replica, &dice.question());
            }
            for _ in 0..6 {
                let question = Question { words: Vec::new(), ..dice.question() };
                replica.catch_up().await;
                compare_stock_order(&store, &replica, &question).await;
            }
            let question = Question { words: Vec::new(), sort: (SortKey::Price, true), ..dice.question() };
            replica.catch_up().await;
            compare_answers(&store, &replica, &question).await;
        }
        replica.catch_up().await;
        let known = replica.catalogue.categories().unwrap().unwrap();
        let tree: estore_contract::inventory::CategoryTree = serde_json::from_slice(&known.body).unwrap();
        assert_eq!(tree.items, categories::tree(&store.redis).await.unwrap());
        let known = replica.catalogue.tags().unwrap().unwrap();
        let tags: estore_contract::inventory::TagList = serde_json::from_slice(&known.body).unwrap();
        assert_eq!(tags.items, categories::tags(&store.redis).await.unwrap());
    }
}
