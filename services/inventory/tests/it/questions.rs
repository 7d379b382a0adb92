//! Questions for lists, and both ways to answer them.

use estore_inventory::{
    catalogue::{Catalogue, Follower},
    store::list::{self, Question, SortKey},
};

use crate::store::Store;

/// Requests every product, by name.
pub(crate) fn everything(limit: usize) -> Question {
    Question {
        words: Vec::new(),
        phrases: Vec::new(),
        category: None,
        tags: Vec::new(),
        currency: None,
        min_price: None,
        max_price: None,
        in_stock: false,
        sort: (SortKey::Name, false),
        limit,
        after: None,
    }
}

/// A replica's catalogue, and the follower that keeps it up to date.
pub(crate) struct Replica {
    pub(crate) catalogue: Catalogue,
    pub(crate) follower: Follower,
}

impl Replica {
    /// Creates a replica that has not loaded the catalogue.
    pub(crate) fn new(store: &Store) -> Self {
        let catalogue = Catalogue::new(1 << 20);
        Self { follower: Follower::new(catalogue.clone(), store.redis.clone()), catalogue }
    }

    /// Creates a replica that has loaded the catalogue.
    pub(crate) async fn loaded(store: &Store) -> Self {
        let replica = Self::new(store);
        replica.catch_up().await;
        replica
    }

    /// Takes steps until there are no more changes to apply at once.
    pub(crate) async fn catch_up(&self) {
        while self.follower.step().await.unwrap() {}
        assert!(self.catalogue.is_fresh());
    }

    /// Returns the SKUs of all pages.
    pub(crate) fn skus(&self, mut question: Question) -> Vec<String> {
        let mut found = Vec::new();
        loop {
            let (page, place) = self.catalogue.skus(&question).expect("fresh");
            assert!(page.len() <= question.limit && (place.is_none() || page.len() == question.limit));
            found.extend(page);
            match place {
                Some(_) => question.after = place,
                None => return found,
            }
        }
    }
}

/// Returns the SKUs of all pages, as the store lists them.
pub(crate) async fn stored(store: &Store, mut question: Question) -> Vec<String> {
    let mut found = Vec::new();
    loop {
        let (page, place) = list::read(&store.redis, &question).await.unwrap();
        found.extend(page.into_iter().map(|product| product.sku.to_string()));
        match place {
            Some(_) => question.after = place,
            None => return found,
        }
    }
}
