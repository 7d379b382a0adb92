//! The index of a replica: every product that is for sale.

use std::{
    collections::HashMap,
    mem,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use estore_contract::{Sku, text::Slug};
use roaring::RoaringBitmap;
use tokio::time::Instant;

use super::{
    cache::Cache,
    dictionary::Dictionary,
    entry::{Entry, Ready},
    order::Order,
    row::{Row, Ticket},
    rows::Rows,
    sets::Sets,
    stock::Stock,
    tree::Tree,
};
use crate::{
    domain::Edition,
    store::{categories, list::SortKey},
};

/// The longest time that a read may be in progress. A removed product is remembered for this long,
/// so that no older read brings it back.
const SLOWEST: Duration = Duration::from_mins(1);

/// The number of removed products that are remembered in any case.
const MANY_GONE: usize = 1000;

/// The state of a product as it was read.
#[derive(Debug, Clone)]
pub enum Change {
    /// It is for sale.
    Put(Box<Entry>),
    /// It still has the description of this edition, and has this number of available units.
    Same(Sku, Edition, i64, Ready),
    /// It is not for sale.
    Gone(Sku),
}

/// Rows that leave an order, and rows that enter it.
#[derive(Debug, Default)]
struct Moves {
    out: RoaringBitmap,
    into: Vec<u32>,
}

/// Every product that is for sale, and the sets and orders that lists are built from.
#[derive(Debug)]
pub struct Index {
    pub(super) rows: Rows,
    pub(super) in_stock: RoaringBitmap,
    pub(super) stock: Stock,
    pub(super) currencies: Sets,
    pub(super) tags: Sets,
    pub(super) tree: Tree,
    pub(super) words: Dictionary,
    orders: [(Order, Moves); 4],
    cache: Cache,
    gone: HashMap<Sku, (Ticket, Instant)>,
    /// The number of removed products above which the old ones are forgotten.
    many_gone: usize,
    /// Increases with every change to the counts of categories or tags.
    pub(super) generation: u64,
}

/// Returns the position of an order among the four.
const fn at(key: SortKey) -> usize {
    match key {
        SortKey::Name => 0,
        SortKey::Price => 1,
        SortKey::CreatedAt => 2,
        // An order by stock has no ranks.
        SortKey::Relevance | SortKey::Available => 3,
    }
}

impl Index {
    /// Creates an empty index, which caches this many bytes of JSON.
    #[must_use]
    pub fn new(cache_bytes: usize) -> Self {
        let keys = [SortKey::Name, SortKey::Price, SortKey::CreatedAt, SortKey::Relevance];
        Self {
            rows: Rows::default(),
            in_stock: RoaringBitmap::new(),
            stock: Stock::default(),
            currencies: Sets::default(),
            tags: Sets::default(),
            tree: Tree::default(),
            words: Dictionary::default(),
            orders: keys.map(|key| (Order::by(key), Moves::default())),
            cache: Cache::of(cache_bytes),
            gone: HashMap::new(),
            many_gone: MANY_GONE,
            generation: 0,
        }
    }

    pub(super) fn order(&self, key: SortKey) -> &Order {
        let [name, price, created, sku] = &self.orders;
        match at(key) {
            0 => &name.0,
            1 => &price.0,
            2 => &created.0,
            _ => &sku.0,
        }
    }

    /// Returns the number of products.
    #[must_use]
    pub fn products(&self) -> usize {
        self.order(SortKey::Relevance).len()
    }

    /// Applies changes that were read under this ticket, unless the index has newer ones.
    pub fn apply(&mut self, changes: impl IntoIterator<Item = Change>, ticket: Ticket) {
        for change in changes {
            self.stage(change, ticket);
        }
        self.settle();
        if self.gone.len() > self.many_gone {
            self.gone.retain(|_, (_, since)| since.elapsed() < SLOWEST);
            self.many_gone = MANY_GONE.max(2 * self.gone.len());
        }
    }

    /// Applies one of many changes. The orders do not show it before [`Self::settle`].
    pub fn stage(&mut self, change: Change, ticket: Ticket) {
        match change {
            Change::Put(entry) => self.put(*entry, ticket),
            Change::Same(sku, edition, available, ready) => {
                if let Some(number) = self.rows.number(sku.as_str()) {
                    self.see_again(number, (edition, available, ready), ticket);
                }
            }
            Change::Gone(sku) => self.remove(sku, ticket),
        }
    }

    /// Brings the orders up to date.
    pub fn settle(&mut self) {
        for (order, moves) in &mut self.orders {
            let Moves { out, mut into } = mem::take(moves);
            into.retain(|number| self.rows.get(*number).is_some());
            // A row can enter twice: it was staged again under another name, or its number was
            // freed and used again.
            into.sort_unstable();
            into.dedup();
            order.change(&self.rows, &out, into);
        }
    }

    fn put(&mut self, entry: Entry, ticket: Ticket) {
        if self.gone.get(entry.sku.as_ref()).is_some_and(|(gone, _)| *gone > ticket) {
            return;
        }
        let Some(number) = self.rows.number(&entry.sku) else {
            let number = self.rows.next();
            return self.attach(number, entry, ticket, None);
        };
        let is_newer = self.rows.get(number).is_some_and(|row| ticket > row.read);
        let is_same = self.rows.get(number).is_some_and(|row| row.edition == entry.edition);
        if is_same {
            self.see_again(number, (entry.edition, entry.available, entry.ready), ticket);
        } else if is_newer {
            let before = self.detach(number);
            self.attach(number, entry, ticket, before.as_ref());
        }
    }

    /// Applies a read of a row whose description may be the same.
    fn see_again(&mut self, number: u32, (edition, available, ready): (Edition, i64, Ready), ticket: Ticket) {
        self.count(number, available, ticket);
        let Some(row) = self.rows.get_mut(number).filter(|row| row.edition == edition) else { return };
        row.read = row.read.max(ticket);
        if row.ready.is_none() {
            self.cache.keep(&mut self.rows, number, ready);
        }
    }

    /// Builds the row of an entry. `before` is its previous row, if there was one.
    fn attach(&mut self, number: u32, entry: Entry, ticket: Ticket, before: Option<&Row>) {
        let Entry {
            sku,
            name,
            amount,
            created,
            currency,
            edition,
            available,
            category,
            tags,
            words,
            pairs,
            ready,
        } = entry;
        // A count may be newer than a description.
        let counted = before.filter(|before| before.counted > ticket);
        let (available, counted) =
            counted.map_or((available, ticket), |before| (before.available, before.counted));
        let touched = before.map_or(0, |before| before.touched.load(Relaxed));
        let category = self.tree.number(category.as_str());
        self.tree.insert(category, number);
        let of = self.currencies.number(currency.code());
        self.currencies.insert(of, number);
        let tags: Box<[u32]> = tags.iter().map(|tag| self.tags.number(tag.as_str())).collect();
        tags.iter().for_each(|tag| self.tags.insert(*tag, number));
        let words = words.iter().map(|(word, field)| self.words.insert(word, number, *field)).collect();
        let row = Row {
            sku,
            name,
            amount,
            created,
            currency,
            edition,
            available,
            category,
            tags,
            words,
            pairs,
            read: ticket,
            counted,
            touched: AtomicU64::new(touched),
            ready: None,
            used: AtomicBool::new(false),
        };
        for (order, moves) in &mut self.orders {
            let stays = before.is_some_and(|before| !order.moves(before, &row));
            if !stays {
                moves.out.insert(number);
                moves.into.push(number);
            }
        }
        self.stock.insert(&row.sku, available);
        self.rows.put(number, row);
        self.show_stock(number, available);
        // During the load the first products stay cached. Nobody has requested any product yet, so
        // evicting one for another gains nothing.
        if before.is_some() || !self.cache.is_full(&ready) {
            self.cache.keep(&mut self.rows, number, ready);
        }
        self.generation += 1;
    }

    /// Removes a row from every set, and leaves it in the orders.
    fn detach(&mut self, number: u32) -> Option<Row> {
        self.cache.forget(&mut self.rows, number);
        let row = self.rows.take(number)?;
        self.tree.remove(row.category, number);
        let of = self.currencies.number(row.currency.code());
        self.currencies.remove(of, number);
        row.tags.iter().for_each(|tag| self.tags.remove(*tag, number));
        row.words.iter().for_each(|word| self.words.remove(*word, number));
        self.in_stock.remove(number);
        self.stock.remove(&row.sku, row.available);
        Some(row)
    }

    fn remove(&mut self, sku: Sku, ticket: Ticket) {
        let number = self.rows.number(sku.as_str());
        if number.and_then(|number| self.rows.get(number)).is_some_and(|row| row.read > ticket) {
            return;
        }
        if let Some(number) = number
            && self.detach(number).is_some()
        {
            self.rows.free(number);
            for (_, moves) in &mut self.orders {
                moves.out.insert(number);
            }
            self.generation += 1;
        }
        self.gone.insert(sku, (ticket, Instant::now()));
    }

    /// Updates the number of available units of a product, unless the index has a newer count.
    fn count(&mut self, number: u32, available: i64, ticket: Ticket) {
        if let Some(row) = self.rows.get_mut(number).filter(|row| ticket > row.counted) {
            self.stock.change(&row.sku, row.available, available);
            (row.available, row.counted) = (available, ticket);
            self.show_stock(number, available);
        }
    }

    fn show_stock(&mut self, number: u32, available: i64) {
        if available > 0 {
            self.in_stock.insert(number);
        } else {
            self.in_stock.remove(number);
        }
    }

    /// Updates the number of available units of the product with this SKU, unless the index has a
    /// newer count.
    pub fn count_of(&mut self, sku: &str, available: i64, ticket: Ticket) {
        if let Some(number) = self.rows.number(sku) {
            self.count(number, available, ticket);
        }
    }

    /// Returns the version of a product, and its number of available units.
    #[must_use]
    pub fn state(&self, sku: &str) -> Option<(u64, i64)> {
        let row = self.rows.get(self.rows.number(sku)?)?;
        Some((row.edition.version, row.available))
    }

    /// Replaces the tree of categories. Those that were read under a later ticket stay.
    pub fn set_tree(&mut self, nodes: Vec<categories::Node>, ticket: Ticket) {
        self.generation += u64::from(self.tree.replace(nodes, ticket));
    }

    /// Applies categories that were read under this ticket, unless the tree has newer ones. A
    /// category without a node was removed.
    pub fn set_categories(&mut self, categories: Vec<(Slug, Option<categories::Node>)>, ticket: Ticket) {
        self.generation += u64::from(self.tree.apply(categories, ticket));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn product_renamed_during_the_load_is_listed_once() {
        let mut index = Index::new(1 << 20);
        for (version, name) in [(1, "Aaa"), (2, "Zzz")] {
            let product = serde_json::from_value(json!({
                "sku": "A", "name": name, "description": "", "price": {"amount": 5, "currency": "USD"},
                "category": "c", "tags": [], "images": [], "attributes": {}, "available": 1,
                "status": "active", "version": version,
                "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"
            }));
            index.stage(Change::Put(Box::new(Entry::of(&product.unwrap()).unwrap())), version);
        }
        index.settle();
        for key in [SortKey::Name, SortKey::Price, SortKey::CreatedAt, SortKey::Relevance] {
            assert_eq!(index.order(key).len(), 1, "{key:?}");
        }
    }
}
