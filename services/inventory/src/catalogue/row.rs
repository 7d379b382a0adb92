//! A product as the index stores it.

use std::{
    cmp::Ordering,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    },
};

use estore_contract::Currency;

use super::{entry::Ready, stock::units};
use crate::{
    domain::Edition,
    store::list::{Place, SortKey, SortValue, Whole},
};

/// Numbers reads and writes of the store in the order in which they begin. A read shows every write
/// with a lower ticket. Of two reads, the one with the higher ticket is newer.
pub type Ticket = u64;

/// A row. Texts that many products share are stored as numbers.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) sku: Arc<str>,
    /// The folded name, by which the name order sorts.
    pub(super) name: Box<str>,
    pub(super) amount: i64,
    /// Milliseconds since 1970.
    pub(super) created: i64,
    pub(super) currency: Currency,
    pub(super) edition: Edition,
    pub(super) available: i64,
    pub(super) category: u32,
    pub(super) tags: Box<[u32]>,
    pub(super) words: Box<[u32]>,
    /// Hashes of each two consecutive words, sorted.
    pub(super) pairs: Box<[u32]>,
    /// The ticket of the read that returned its description.
    pub(super) read: Ticket,
    /// The ticket of the read that returned `available`.
    pub(super) counted: Ticket,
    /// The latest write of this replica that changed its stock.
    pub(super) touched: AtomicU64,
    pub(super) ready: Option<Ready>,
    /// True if its JSON was used since the cache last inspected it.
    pub(super) used: AtomicBool,
}

impl Row {
    /// Reports whether `available` reflects every write of this replica.
    pub(super) fn is_counted(&self) -> bool {
        self.counted > self.touched.load(Relaxed)
    }

    /// Returns the JSON, if it is cached.
    pub(super) fn ready(&self) -> Option<&Ready> {
        let ready = self.ready.as_ref()?;
        // Most rows are marked already, and a read does not disturb the caches of other cores.
        if !self.used.load(Relaxed) {
            self.used.store(true, Relaxed);
        }
        Some(ready)
    }

    /// Returns its position in a list that is sorted by `key`.
    pub(super) fn place(&self, key: SortKey, score: u32) -> Option<Place> {
        let value = match key {
            SortKey::Name => SortValue::Name(self.name.to_string().try_into().ok()?),
            SortKey::Price => SortValue::Price(Whole::of(self.amount)),
            SortKey::CreatedAt => SortValue::CreatedAt(Whole::of(self.created)),
            SortKey::Relevance => SortValue::Relevance(Whole::of(score.into())),
            SortKey::Available => SortValue::Available(Whole::of(units(self.available))),
        };
        Some(Place(value, self.sku.parse().ok()?))
    }

    /// Compares the row to a position in such a list, in ascending order. Products of equal
    /// relevance are sorted by SKU.
    pub(super) fn to_place(&self, Place(value, sku): &Place) -> Ordering {
        let whole = |number: i64, place: Whole| i128::from(number).cmp(&i128::from(u64::from(place)));
        let by_value = match value {
            SortValue::Name(name) => self.name.as_ref().cmp(name.as_str()),
            SortValue::Price(amount) => whole(self.amount, *amount),
            SortValue::CreatedAt(created) => whole(self.created, *created),
            SortValue::Relevance(_) | SortValue::FirstWord(_) => Ordering::Equal,
            SortValue::Available(left) => whole(units(self.available), *left),
        };
        by_value.then_with(|| self.sku.as_ref().cmp(sku.as_str()))
    }

    /// Compares the row to another under this order. No two rows are equal.
    pub(super) fn to_row(&self, key: SortKey, other: &Self) -> Ordering {
        let by_value = match key {
            SortKey::Name => self.name.cmp(&other.name),
            SortKey::Price => self.amount.cmp(&other.amount),
            SortKey::CreatedAt => self.created.cmp(&other.created),
            SortKey::Relevance => Ordering::Equal,
            SortKey::Available => units(self.available).cmp(&units(other.available)),
        };
        by_value.then_with(|| self.sku.cmp(&other.sku))
    }
}
