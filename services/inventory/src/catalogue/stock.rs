//! The products by the units that are left of each. Sales change this order all the time, so it is
//! a tree, which a change costs little. It has no ranks, unlike the other orders.

use std::{
    collections::BTreeSet,
    ops::Bound::{Excluded, Unbounded},
    sync::Arc,
};

use roaring::RoaringBitmap;

use super::{index::Index, row::Row};
use crate::store::list::{Place, SortKey, SortValue};

#[derive(Debug, Default)]
pub(super) struct Stock(BTreeSet<(i64, Arc<str>)>);

/// Returns the units by which a product is sorted.
pub(super) const fn units(available: i64) -> i64 {
    if available < 0 { 0 } else { available }
}

impl Stock {
    pub(super) fn insert(&mut self, sku: &Arc<str>, available: i64) {
        self.0.insert((units(available), sku.clone()));
    }

    pub(super) fn remove(&mut self, sku: &Arc<str>, available: i64) {
        self.0.remove(&(units(available), sku.clone()));
    }

    /// Moves a product to its place with another number of units.
    pub(super) fn change(&mut self, sku: &Arc<str>, before: i64, now: i64) {
        if units(before) != units(now) {
            self.remove(sku, before);
            self.insert(sku, now);
        }
    }

    /// Returns the SKUs after a position, those with the fewest units first.
    fn after(&self, place: Option<&Place>) -> impl Iterator<Item = &Arc<str>> {
        let from = match place {
            Some(Place(SortValue::Available(units), sku)) => {
                let units = i64::try_from(u64::from(*units)).unwrap_or(i64::MAX);
                Excluded((units, Arc::from(sku.as_str())))
            }
            _ => Unbounded,
        };
        self.0.range((from, Unbounded)).map(|(_, sku)| sku)
    }
}

impl Index {
    /// Returns the first rows after a position that are in `hits` and fit, those with the fewest
    /// units first.
    ///
    /// If many hits are expected among the next products, walks the tree. Otherwise, or if that
    /// takes too many steps, collects the hits and sorts the first of them.
    pub(super) fn scarcest(
        &self,
        hits: Option<&RoaringBitmap>,
        after: Option<&Place>,
        want: usize,
        fits: impl Fn(&Row) -> bool,
    ) -> Vec<u32> {
        let fits = |number: u32| self.rows.get(number).is_some_and(&fits);
        let count = hits.map_or(u64::MAX, RoaringBitmap::len);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let expected = want.saturating_mul(self.products()) / count.max(1);
        if expected <= count {
            let most = if hits.is_some() { 64 + 8 * expected } else { usize::MAX };
            let (mut found, mut steps) = (Vec::with_capacity(want), 0);
            let mut skus = self.stock.after(after);
            while found.len() < want && steps < most {
                let Some(sku) = skus.next() else { return found };
                let hit =
                    self.rows.number(sku).filter(|number| hits.is_none_or(|hits| hits.contains(*number)));
                found.extend(hit.filter(|number| fits(*number)));
                steps += 1;
            }
            if found.len() >= want {
                return found;
            }
        }
        let is_after = |row: &Row| after.is_none_or(|place| row.to_place(place).is_gt());
        let rows = hits.into_iter().flatten().filter(|number| fits(*number));
        let rows = rows.filter_map(|number| Some((self.rows.get(number)?, number)));
        let mut rows: Vec<(&Row, u32)> = rows.filter(|(row, _)| is_after(row)).collect();
        let by_stock =
            |(one, _): &(&Row, u32), (other, _): &(&Row, u32)| one.to_row(SortKey::Available, other);
        if want < rows.len() {
            rows.select_nth_unstable_by(want, by_stock);
            rows.truncate(want);
        }
        rows.sort_unstable_by(by_stock);
        rows.into_iter().map(|(_, number)| number).collect()
    }
}
