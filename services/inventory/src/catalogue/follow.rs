//! Follows the store. It loads the catalogue in slices, then reads both streams ten times a second
//! and updates the index.

use std::{collections::BTreeSet, time::Duration};

use estore_contract::{Sku, text::Slug};
use estore_stores::redis::Redis;
use tokio::{sync::Mutex, task::spawn_blocking, time::Instant};

use super::{Catalogue, Index, write::changes};
use crate::{
    Error,
    domain::Edition,
    metrics::Metrics,
    store::{catalog, categories, changes as streams, changes::Position},
};

/// The time between two reads of the streams. One round trip reads all changes in between.
pub const PERIOD: Duration = Duration::from_millis(100);

/// The first version of the library that records every write in the streams.
const TOLD_SINCE: i64 = 6;

/// Keeps a [`Catalogue`] up to date.
pub struct Follower {
    catalogue: Catalogue,
    redis: Redis,
    metrics: Option<Metrics>,
    state: Mutex<State>,
}

struct State {
    /// The position up to which the streams were read. Absent before the load.
    position: Option<Position>,
    /// The last time at which the index was known to be complete.
    known: Instant,
}

impl Follower {
    /// Creates a follower that has not loaded the catalogue yet.
    #[must_use]
    pub fn new(catalogue: Catalogue, redis: Redis) -> Self {
        let state = State { position: None, known: Instant::now() };
        Self { catalogue, redis, metrics: None, state: Mutex::new(state) }
    }

    /// Returns the same follower, which now measures its lag.
    #[must_use]
    pub(crate) fn measured(self, metrics: Metrics) -> Self {
        Self { metrics: Some(metrics), ..self }
    }

    /// Loads the catalogue, or applies new changes. Returns `true` if there are more to apply at
    /// once.
    pub async fn step(&self) -> Result<bool, Error> {
        let mut state = self.state.lock().await;
        let outcome = self.advance(&mut state).await;
        self.show(&state);
        outcome
    }

    async fn advance(&self, state: &mut State) -> Result<bool, Error> {
        let position = match &state.position {
            Some(position) if self.catalogue.is_loaded() => position,
            _ => {
                state.position = Some(self.load(state).await?);
                return Ok(true);
            }
        };
        let began = Instant::now();
        let Some(news) = streams::read(&self.redis, position).await? else {
            // There is no index from here on. The next load also reads what this replica writes
            // meanwhile.
            self.catalogue.publish(None);
            state.position = None;
            tracing::warn!(
                "store was started again or replaced, or trimmed unread changes; reloading the catalogue"
            );
            return Ok(true);
        };
        let doubts = self.catalogue.0.doubts.all();
        if doubts.tree.is_some() {
            self.catalogue.replant_all(&self.redis).await?;
        } else {
            let categories: Vec<Slug> = news.categories.into_iter().collect();
            self.catalogue.replant(&self.redis, &categories).await?;
        }
        // A product in another edition is read, even if its version is lower. The server may have
        // lost a write that this replica read.
        let is_other = |(sku, edition): (Sku, Option<Edition>)| {
            (edition.is_none() || self.catalogue.edition(&sku) != edition).then_some(sku)
        };
        let mut skus: BTreeSet<Sku> = news.products.into_iter().filter_map(is_other).collect();
        skus.extend(doubts.skus.into_keys());
        let stock: Vec<Sku> = news.stock.into_iter().filter(|sku| !skus.contains(sku)).collect();
        let skus: Vec<Sku> = skus.into_iter().collect();
        self.catalogue.refresh(&self.redis, &skus).await?;
        self.catalogue.recount(&self.redis, &stock).await?;
        state.position = Some(news.position);
        if !news.more {
            self.catalogue.confirm(began);
            state.known = began;
        }
        Ok(news.more)
    }

    /// Loads the whole catalogue. Returns the position of the streams from before the load.
    async fn load(&self, state: &State) -> Result<Position, Error> {
        self.catalogue.0.began.get_or_init(Instant::now);
        if streams::library(&self.redis).await? < TOLD_SINCE {
            return Err(Error::Unexpected("the library does not record changes yet".to_owned()));
        }
        let (position, ticket) = (streams::end(&self.redis).await?, self.catalogue.ticket());
        let mut index = Index::new(self.catalogue.0.cache_bytes);
        index.set_tree(categories::nodes(&self.redis).await?, ticket);
        let (began, mut after) = (Instant::now(), None);
        loop {
            let (skus, next) = catalog::skus(&self.redis, after.as_deref()).await?;
            let ticket = self.catalogue.ticket();
            let products = catalog::read_many(&self.redis, &skus).await?;
            // Folding a hundred descriptions takes milliseconds.
            index = blocking(move || {
                for change in changes(skus.into_iter().zip(products).collect(), |_| None)? {
                    index.stage(change, ticket);
                }
                Ok(index)
            })
            .await?;
            self.show(state);
            after = next;
            if after.is_none() {
                break;
            }
        }
        index = blocking(move || {
            index.settle();
            Ok(index)
        })
        .await?;
        let (products, seconds) = (index.products(), began.elapsed().as_secs_f64());
        self.catalogue.publish(Some(index));
        tracing::info!(products, seconds, "catalogue loaded");
        Ok(position)
    }

    fn show(&self, state: &State) {
        if let Some(metrics) = &self.metrics {
            metrics.lag.set(state.known.elapsed().as_secs_f64());
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    spawn_blocking(work).await.map_err(|error| Error::Unexpected(error.to_string()))?
}
