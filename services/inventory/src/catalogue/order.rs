//! The products in one order, and the rank of each in it.

use std::cmp::Ordering;

use roaring::RoaringBitmap;

use super::{row::Row, rows::Rows};
use crate::store::list::{Place, SortKey};

#[derive(Debug)]
pub(super) struct Order {
    key: SortKey,
    ranked: Vec<u32>,
    /// Indexed by row number.
    ranks: Vec<u32>,
}

impl Order {
    /// Creates an empty order. [`SortKey::Relevance`] stands for the order of SKUs, which sorts
    /// products of equal relevance.
    pub(super) fn by(key: SortKey) -> Self {
        Self { key, ranked: Vec::new(), ranks: Vec::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.ranked.len()
    }

    pub(super) fn at(&self, rank: usize) -> Option<u32> {
        self.ranked.get(rank).copied()
    }

    /// Returns the rank of a row in this order.
    pub(super) fn rank(&self, number: u32) -> usize {
        self.ranks.get(number as usize).map_or(usize::MAX, |rank| *rank as usize)
    }

    /// Reports whether a row moves within this order when `other` replaces it.
    pub(super) fn moves(&self, row: &Row, other: &Row) -> bool {
        row.to_row(self.key, other) != Ordering::Equal
    }

    /// Counts the rows for which `before` is true. They must all come before the first row for
    /// which it is false.
    pub(super) fn count(&self, rows: &Rows, before: impl Fn(&Row) -> bool) -> usize {
        self.ranked.partition_point(|number| rows.get(*number).is_some_and(&before))
    }

    /// Counts the rows before a position, and the rows before or at it.
    pub(super) fn around(&self, rows: &Rows, place: &Place) -> (usize, usize) {
        let before = self.count(rows, |row| row.to_place(place) == Ordering::Less);
        (before, self.count(rows, |row| row.to_place(place) != Ordering::Greater))
    }

    /// Removes rows, and inserts rows at the positions that their current values give them. The
    /// cost is one pass over the order.
    pub(super) fn change(&mut self, rows: &Rows, out: &RoaringBitmap, mut into: Vec<u32>) {
        if out.is_empty() && into.is_empty() {
            return;
        }
        self.ranked.retain(|number| !out.contains(*number));
        let compare = |a: &u32, b: &u32| match (rows.get(*a), rows.get(*b)) {
            (Some(a), Some(b)) => a.to_row(self.key, b),
            (a, b) => a.is_some().cmp(&b.is_some()),
        };
        into.sort_unstable_by(compare);
        let mut merged = Vec::with_capacity(self.ranked.len() + into.len());
        let mut rest = self.ranked.as_slice();
        for number in into {
            let before = rest.partition_point(|other| compare(other, &number) == Ordering::Less);
            let (less, more) = rest.split_at(before);
            merged.extend_from_slice(less);
            merged.push(number);
            rest = more;
        }
        merged.extend_from_slice(rest);
        self.ranked = merged;
        self.ranks.resize(rows.end(), u32::MAX);
        for (rank, number) in (0..).zip(&self.ranked) {
            if let Some(place) = self.ranks.get_mut(*number as usize) {
                *place = rank;
            }
        }
    }
}
