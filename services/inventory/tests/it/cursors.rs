//! Lists whose pages come from the index and from the store in turn.

use std::collections::BTreeSet;

use estore_inventory::{
    Error,
    store::{
        catalog::{self, Archived},
        categories,
        list::{self, Place, Question, SortKey},
    },
};

use crate::{
    catalogue::slug,
    questions::{Replica, everything},
    store::{Store, body},
};

/// More than the store collects for a search of two words.
const PRODUCTS: usize = 300;

async fn store(name: &str) -> Store {
    of(name, PRODUCTS).await
}

/// Starts a store of this many products with one price.
async fn of(name: &str, products: usize) -> Store {
    let store = Store::start(name).await;
    categories::write(&store.redis, &slug("c"), &"C".to_owned().try_into().unwrap(), None).await.unwrap();
    let product = |n| (format!("P{n}").parse().unwrap(), body(&format!("Red mug {n}"), 5), 1);
    for some in (0..products).map(product).collect::<Vec<_>>().chunks(100) {
        catalog::import(&store.redis, some.to_vec()).await.unwrap();
    }
    store
}

fn search(words: &[&str]) -> Question {
    let words = words.iter().map(ToString::to_string).collect();
    Question { words, sort: (SortKey::Relevance, true), ..everything(40) }
}

/// Returns a page as the service does: from the index, or from the store if that may not answer.
async fn page(
    store: &Store,
    replica: Option<&Replica>,
    question: &Question,
) -> Result<(Vec<String>, Option<Place>), Error> {
    if let Some(found) = replica.and_then(|replica| replica.catalogue.skus(question)) {
        return Ok(found);
    }
    let (products, place) = list::read(&store.redis, question).await?;
    Ok((products.into_iter().map(|product| product.sku.to_string()).collect(), place))
}

/// Walks through all pages. Of each two, the index answers one, beginning with the first if
/// `index_first`.
async fn alternate(store: &Store, replica: &Replica, mut question: Question, index_first: bool) {
    let (mut found, mut by_index) = (Vec::new(), index_first);
    loop {
        let (skus, place) = page(store, by_index.then_some(replica), &question).await.unwrap();
        found.extend(skus);
        by_index = !by_index;
        question.after = place;
        if question.after.is_none() {
            break;
        }
    }
    let each: BTreeSet<&String> = found.iter().collect();
    assert_eq!((each.len(), found.len()), (PRODUCTS, PRODUCTS), "{index_first}");
}

#[tokio::test]
async fn list_of_the_store_continues_beside_an_index() {
    let store = store("continues").await;
    let replica = Replica::loaded(&store).await;
    alternate(&store, &replica, search(&["red", "mug"]), false).await;
    for index_first in [false, true] {
        alternate(&store, &replica, search(&["mug"]), index_first).await;
    }
}

#[tokio::test]
async fn store_refuses_a_cursor_of_summed_scores() {
    let store = store("summed").await;
    let replica = Replica::loaded(&store).await;
    let (first, after) = page(&store, Some(&replica), &search(&["red", "mug"])).await.unwrap();
    let next = Question { after, ..search(&["red", "mug"]) };
    let refused = page(&store, None, &next).await;
    assert!(matches!(refused, Err(Error::NotIndexed)), "{refused:?}");
    let (second, _) = page(&store, Some(&replica), &next).await.unwrap();
    assert!(first.len() == 40 && second.len() == 40 && first.iter().all(|sku| !second.contains(sku)));
}

#[tokio::test]
async fn list_goes_on_after_an_archived_cursor() {
    // More of one price than one call walks through.
    let products = 800;
    let store = of("archived-cursor", products).await;
    for (descending, expected) in [(false, products), (true, products - 1)] {
        let mut question = Question { sort: (SortKey::Price, descending), ..everything(100) };
        let (mut found, mut pages) = (Vec::new(), 0);
        loop {
            let (skus, place) = page(&store, None, &question).await.unwrap();
            found.extend(skus);
            pages += 1;
            let Some(place) = place else { break };
            if pages == 6 {
                catalog::archive(&store.redis, &place.1, Archived::ByAdmin(None)).await.unwrap();
            }
            question.after = Some(place);
        }
        let each: BTreeSet<&String> = found.iter().collect();
        assert_eq!((each.len(), found.len()), (expected, expected), "{descending}");
    }
}
