//! The catalogue in each replica: an index of all products that are for sale, and the JSON of those
//! that are requested. It follows the store's streams. The store answers while the index loads,
//! lags, or has writes whose outcome is unknown.

mod answer;
mod cache;
mod dictionary;
mod doubts;
mod entry;
mod facets;
mod follow;
mod index;
mod order;
mod page;
mod postings;
mod row;
mod rows;
mod search;
mod sets;
mod stock;
mod tree;
mod typos;
mod views;
mod write;

use std::{
    sync::{
        Arc, OnceLock, RwLock, RwLockReadGuard,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use estore_contract::{Sku, inventory::Facets};
use tokio::time::Instant;

pub use answer::{Extra, Found, Listed, page_tag};
pub use entry::{Entry, Ready};
pub use follow::{Follower, PERIOD};
pub use index::{Change, Index};
pub use row::Ticket;
pub use views::{View, body_tag};

use crate::{
    domain::Edition,
    store::list::{Place, Question},
};
use doubts::Doubts;
use views::Slot;

/// The longest lag behind the store with which an index still answers.
pub const MAX_LAG: Duration = Duration::from_secs(1);

/// The time after which a replica serves without its first index. Most lists come from the store
/// then. Facets and the order by stock need the index, and are not available until it is loaded.
const LONGEST_LOAD: Duration = Duration::from_secs(30);

/// The catalogue of this replica. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Catalogue(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Absent during the load.
    index: RwLock<Option<Box<Index>>>,
    born: Instant,
    /// The time until which the index may answer, in nanoseconds after `born`.
    until: AtomicU64,
    /// The time at which the first load began.
    began: OnceLock<Instant>,
    /// True once the first index was complete.
    is_complete: AtomicBool,
    tickets: AtomicU64,
    doubts: Doubts,
    categories: Slot,
    tags: Slot,
    cache_bytes: usize,
}

impl Catalogue {
    /// Creates a catalogue that caches at most this many bytes of JSON. The store answers until a
    /// [`Follower`] has loaded it.
    #[must_use]
    pub fn new(cache_bytes: usize) -> Self {
        Self(Arc::new(Shared {
            index: RwLock::new(None),
            born: Instant::now(),
            until: AtomicU64::new(0),
            began: OnceLock::new(),
            is_complete: AtomicBool::new(false),
            tickets: AtomicU64::new(0),
            doubts: Doubts::default(),
            categories: Slot::default(),
            tags: Slot::default(),
            cache_bytes,
        }))
    }

    /// Returns a ticket for a read or write that begins now.
    #[must_use]
    pub fn ticket(&self) -> Ticket {
        self.0.tickets.fetch_add(1, Ordering::SeqCst) + 1
    }

    /// Returns the index if it may answer.
    fn read(&self) -> Option<RwLockReadGuard<'_, Option<Box<Index>>>> {
        let now = u64::try_from(self.0.born.elapsed().as_nanos()).unwrap_or(u64::MAX);
        if now >= self.0.until.load(Ordering::Acquire) {
            return None;
        }
        // A thread that panicked may have left half of a change, so the index is loaded again.
        self.0.index.read().ok().filter(|index| index.is_some())
    }

    /// Changes the index, if there is one.
    fn change<T>(&self, change: impl FnOnce(&mut Index) -> T) -> Option<T> {
        let mut index = self.0.index.write().ok()?;
        index.as_deref_mut().map(change)
    }

    /// Returns one product, or `None` if the caller must read the store.
    #[must_use]
    pub fn product(&self, sku: &Sku) -> Option<Found> {
        if self.0.doubts.of(sku) {
            return None;
        }
        self.read()?.as_deref()?.product(sku)
    }

    /// Returns the page for a question, or `None` if the caller must read the store.
    pub fn list(
        &self,
        question: &Question,
        cursor: impl FnOnce(Place) -> String,
        is_known: impl FnOnce(&str) -> bool,
        extra: &Extra,
    ) -> Option<Listed> {
        if self.0.doubts.any() || question.is_of_the_store() {
            return None;
        }
        Some(self.read()?.as_deref()?.list(question, cursor, is_known, extra))
    }

    /// Returns the facets of the list for a question, or `None` while the index may not answer.
    #[must_use]
    pub fn facets(&self, question: &Question) -> Option<Facets> {
        let index = self.read().filter(|_| !self.0.doubts.any())?;
        Some(index.as_deref()?.facets(question))
    }

    /// Returns the SKUs of a page, and the position of the next. Returns `None` if the caller must
    /// read the store.
    #[must_use]
    pub fn skus(&self, question: &Question) -> Option<(Vec<String>, Option<Place>)> {
        let guard = self.read().filter(|_| !self.0.doubts.any() && !question.is_of_the_store())?;
        let index = guard.as_deref()?;
        let (numbers, place) = index.page(question);
        let sku = |number: u32| Some(index.rows.get(number)?.sku.to_string());
        Some((numbers.into_iter().filter_map(sku).collect(), place))
    }

    /// Reports whether the index answers.
    #[must_use]
    pub fn is_fresh(&self) -> bool {
        self.read().is_some() && !self.0.doubts.any()
    }

    /// Reports whether the replica may serve: its first index is complete, or takes too long. From
    /// then on the store answers while an index is loaded again.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        let is_late = || self.0.began.get().is_some_and(|began| began.elapsed() > LONGEST_LOAD);
        self.0.is_complete.load(Ordering::Acquire) || is_late()
    }

    /// Returns the edition of a product in the index.
    fn edition(&self, sku: &Sku) -> Option<Edition> {
        let guard = self.0.index.read().ok()?;
        let index = guard.as_deref()?;
        Some(index.rows.get(index.rows.number(sku.as_str())?)?.edition)
    }

    /// Replaces the index, or removes it. A new index may answer after [`Self::confirm`].
    fn publish(&self, index: Option<Index>) {
        self.0.until.store(0, Ordering::Release);
        self.0.index.clear_poison();
        if let Ok(mut place) = self.0.index.write() {
            *place = index.map(Box::new);
            self.0.categories.clear();
            self.0.tags.clear();
        }
    }

    /// Records that the index contains everything that the store had at `when`.
    fn confirm(&self, when: Instant) {
        let until = (when + MAX_LAG).saturating_duration_since(self.0.born).as_nanos();
        self.0.until.store(u64::try_from(until).unwrap_or(u64::MAX), Ordering::Release);
        self.0.is_complete.store(true, Ordering::Release);
    }

    /// Reports whether there is an index to change.
    fn is_loaded(&self) -> bool {
        self.0.index.read().is_ok_and(|index| index.is_some())
    }
}
