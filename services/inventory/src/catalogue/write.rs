//! Reads of the store that update the index. They follow each write of this replica before it is
//! answered, and fetch products that the index lacks.

use std::sync::atomic::Ordering::SeqCst;

use estore_contract::{
    Sku,
    inventory::{Product, ProductStatus},
    text::Slug,
};
use estore_stores::redis::Redis;

use super::{Catalogue, Change, Entry, Extra, Ready, Ticket};
use crate::{
    Error,
    domain::Edition,
    store::{catalog, categories},
};

impl Catalogue {
    /// Reads one product from the store.
    pub async fn fetch(&self, redis: &Redis, sku: &Sku) -> Result<Product, Error> {
        let ticket = self.ticket();
        let product = catalog::read(redis, sku).await?;
        self.take(vec![(sku.clone(), Some(product.clone()))], ticket)?;
        Ok(product)
    }

    /// Reads one product from the store after a write of it. From then on, every request to this
    /// replica sees the write. If the read fails or the index is not loaded yet, the store answers
    /// for the product until a later read. A failed read is an unknown outcome: the write was made,
    /// so the answer must not say that nothing happened.
    pub async fn written(&self, redis: &Redis, sku: &Sku) -> Result<Product, Error> {
        let ticket = self.ticket();
        let outcome = async {
            let product = catalog::read(redis, sku).await?;
            let taken = self.take(vec![(sku.clone(), Some(product.clone()))], ticket)?;
            Ok((product, taken))
        };
        let outcome = outcome.await;
        if !matches!(outcome, Ok((_, true))) {
            self.doubt([sku.clone()]);
        }
        outcome.map(|(product, _)| product).map_err(|error| match error {
            Error::NothingHappened(error) => Error::OutcomeUnknown(error),
            other => other,
        })
    }

    /// Reads several products after a write of them, as [`Self::written`] does, without returning
    /// them.
    pub async fn written_many(&self, redis: &Redis, skus: &[Sku]) {
        match self.refresh(redis, skus).await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot read written products; the store answers until it succeeds");
            }
        }
        self.doubt(skus.iter().cloned());
    }

    /// Reads the stock of a product after a write of it.
    pub async fn counted(&self, redis: &Redis, sku: &Sku) {
        let skus = [sku.clone()];
        match self.recount(redis, &skus).await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot read changed stock; the store answers until it succeeds");
            }
        }
        self.doubt(skus);
    }

    /// Reads categories after a write of them.
    async fn planted(&self, redis: &Redis, slugs: &[Slug]) {
        match self.replant(redis, slugs).await {
            Ok(true) => return,
            Ok(false) => {}
            Err(error) => {
                tracing::warn!(%error, "cannot read the categories; the store answers until it succeeds");
            }
        }
        self.doubt_tree();
    }

    /// Lets the store answer for products that a write may have changed.
    pub fn doubt(&self, skus: impl IntoIterator<Item = Sku>) {
        self.0.doubts.add(skus, self.ticket());
    }

    /// Passes the outcome of a write on. If the outcome is unknown, the store answers for the
    /// product until it is read again.
    pub fn watch<T>(&self, sku: &Sku, outcome: Result<T, Error>) -> Result<T, Error> {
        if matches!(outcome, Err(Error::OutcomeUnknown(_))) {
            self.doubt([sku.clone()]);
        }
        outcome
    }

    /// Passes the outcome of a write of these categories on, in the same way.
    pub async fn watch_tree(
        &self,
        redis: &Redis,
        slugs: &[Slug],
        outcome: Result<(), Error>,
    ) -> Result<(), Error> {
        match outcome {
            Ok(()) => self.planted(redis, slugs).await,
            Err(Error::OutcomeUnknown(_)) => self.doubt_tree(),
            Err(_) => {}
        }
        outcome
    }

    fn doubt_tree(&self) {
        self.0.doubts.add_tree(self.ticket());
    }

    /// Lets the store report the units left of these products until the journal has been read that
    /// far.
    pub fn touch<'a>(&self, skus: impl Iterator<Item = &'a Sku>) {
        let Ok(guard) = self.0.index.read() else { return };
        let (Some(index), ticket) = (guard.as_deref(), self.ticket()) else { return };
        for sku in skus {
            if let Some(row) = index.rows.number(sku.as_str()).and_then(|number| index.rows.get(number)) {
                row.touched.fetch_max(ticket, SeqCst);
            }
        }
    }

    /// Reads the JSON of products from the store, for a page that lacks it.
    pub async fn extra(&self, redis: &Redis, skus: &[Sku]) -> Result<Extra, Error> {
        let ticket = self.ticket();
        let products = catalog::read_many(redis, skus).await?;
        let ready =
            |product: &Product| Ok((product.sku.clone(), (Edition::of(product), Ready::of(product)?)));
        let extra = products.iter().flatten().map(ready).collect::<Result<_, Error>>()?;
        self.take(skus.iter().cloned().zip(products).collect(), ticket)?;
        Ok(extra)
    }

    /// Reads products again. Returns `true` if an index applied them.
    pub(super) async fn refresh(&self, redis: &Redis, skus: &[Sku]) -> Result<bool, Error> {
        let ticket = self.ticket();
        let products = catalog::read_many(redis, skus).await?;
        self.take(skus.iter().cloned().zip(products).collect(), ticket)
    }

    /// Counts products again. Returns `true` if an index applied the counts.
    pub(super) async fn recount(&self, redis: &Redis, skus: &[Sku]) -> Result<bool, Error> {
        let ticket = self.ticket();
        let counts = catalog::available(redis, skus).await?;
        let counted = self.change(|index| {
            for (sku, available) in skus.iter().zip(counts) {
                if let Some(available) = available {
                    index.count_of(sku.as_str(), available, ticket);
                }
            }
        });
        Ok(counted.is_some())
    }

    /// Reads categories again. Returns `true` if an index applied them, or if there are none.
    pub(super) async fn replant(&self, redis: &Redis, slugs: &[Slug]) -> Result<bool, Error> {
        if slugs.is_empty() {
            return Ok(true);
        }
        let ticket = self.ticket();
        let categories = categories::some(redis, slugs).await?;
        Ok(self.change(|index| index.set_categories(categories, ticket)).is_some())
    }

    /// Reads the whole tree again.
    pub(super) async fn replant_all(&self, redis: &Redis) -> Result<(), Error> {
        let ticket = self.ticket();
        let nodes = categories::nodes(redis).await?;
        if self.change(|index| index.set_tree(nodes, ticket)).is_some() {
            self.0.doubts.clear_tree(ticket);
        }
        Ok(())
    }

    /// Applies read products to the index. Returns `true` if there is an index, or if there are no
    /// products.
    fn take(&self, products: Vec<(Sku, Option<Product>)>, ticket: Ticket) -> Result<bool, Error> {
        if products.is_empty() || !self.is_loaded() {
            return Ok(products.is_empty());
        }
        let skus: Vec<Sku> = products.iter().map(|(sku, _)| sku.clone()).collect();
        let changes = changes(products, |sku| self.edition(sku))?;
        let taken = self.change(|index| index.apply(changes, ticket)).is_some();
        if taken {
            self.0.doubts.clear(skus, ticket);
        }
        Ok(taken)
    }
}

/// Returns the changes that bring products into an index whose editions `known` returns.
pub(super) fn changes(
    products: Vec<(Sku, Option<Product>)>,
    known: impl Fn(&Sku) -> Option<Edition>,
) -> Result<Vec<Change>, Error> {
    let change = |(sku, product): (Sku, Option<Product>)| match product {
        Some(product) if product.status != ProductStatus::Active => Ok(Change::Gone(sku)),
        // The description is the same, so its words need not be computed again.
        Some(product) if known(&sku) == Some(Edition::of(&product)) => {
            Ok(Change::Same(sku, Edition::of(&product), product.available, Ready::of(&product)?))
        }
        Some(product) => Ok(Change::Put(Box::new(Entry::of(&product)?))),
        None => Ok(Change::Gone(sku)),
    };
    products.into_iter().map(change).collect()
}
