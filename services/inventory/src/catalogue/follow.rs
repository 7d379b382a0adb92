//! Follows the store: loads the catalogue in slices, then reads both streams a few times a second and brings the index up to date.

use std::{collections::BTreeSet, time::Duration};

use estore_contract::Sku;
use estore_kit::redis::Redis;
use tokio::{sync::Mutex, task::spawn_blocking, time::Instant};

use super::{Catalogue, Index, write::changes};
use crate::{
    Error,
    metrics::Metrics,
    store::{catalog, categories, changes as streams, changes::Position},
};

/// From one look at the streams to the next: what changes in between is read in one trip.
pub const PERIOD: Duration = Duration::from_millis(100);

/// The version of the library from which on every write is told.
const TOLD_SINCE: i64 = 6;

/// Keeps a [`Catalogue`] true.
pub struct Follower {
    catalogue: Catalogue,
    redis: Redis,
    metrics: Option<Metrics>,
    state: Mutex<State>,
}

struct State {
    /// How far the streams were read; absent before the load.
    position: Option<Position>,
    /// When the index was last known to have everything.
    known: Instant,
}

impl Follower {
    /// One that has still to load.
    #[must_use]
    pub fn new(catalogue: Catalogue, redis: Redis) -> Self {
        let state = State { position: None, known: Instant::now() };
        Self { catalogue, redis, metrics: None, state: Mutex::new(state) }
    }

    /// The same, and the lag is measured.
    #[must_use]
    pub(crate) fn measured(self, metrics: Metrics) -> Self {
        Self { metrics: Some(metrics), ..self }
    }

    /// Loads, or takes what is new; answers whether there is more to take at once.
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
            // Without an index, what this replica writes meanwhile is read again afterwards.
            self.catalogue.publish(None);
            state.position = None;
            tracing::warn!(
                "the store is not the one that was read, or trimmed what was not; the catalogue is loaded again"
            );
            return Ok(true);
        };
        let doubts = self.catalogue.0.doubts.all();
        if news.categories || doubts.tree.is_some() {
            self.catalogue.replant(&self.redis).await?;
        }
        let is_older = |(sku, version): (Sku, u64)| {
            self.catalogue.version(&sku).is_none_or(|known| known < version).then_some(sku)
        };
        let mut skus: BTreeSet<Sku> = news.products.into_iter().filter_map(is_older).collect();
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

    /// Reads all of it; answers where the streams were before.
    async fn load(&self, state: &State) -> Result<Position, Error> {
        if streams::library(&self.redis).await? < TOLD_SINCE {
            return Err(Error::Unexpected("the library does not tell of changes yet".to_owned()));
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
        tracing::info!(products, seconds, "the catalogue is loaded");
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
