//! Sets of products by a text that many of them share, such as a tag or a currency.

use std::{collections::HashMap, sync::Arc};

use roaring::RoaringBitmap;

#[derive(Debug, Default)]
pub(super) struct Sets {
    numbers: HashMap<Arc<str>, u32>,
    sets: Vec<(Arc<str>, RoaringBitmap)>,
}

impl Sets {
    /// Returns the number of a text. A text keeps its number even if no product has it.
    pub(super) fn number(&mut self, text: &str) -> u32 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let (text, number) = (Arc::<str>::from(text), u32::try_from(self.sets.len()).unwrap_or(u32::MAX));
        self.numbers.insert(text.clone(), number);
        self.sets.push((text, RoaringBitmap::new()));
        number
    }

    pub(super) fn insert(&mut self, number: u32, row: u32) {
        if let Some((_, set)) = self.sets.get_mut(number as usize) {
            set.insert(row);
        }
    }

    pub(super) fn remove(&mut self, number: u32, row: u32) {
        if let Some((_, set)) = self.sets.get_mut(number as usize) {
            set.remove(row);
        }
    }

    /// Returns the products that have `text`.
    pub(super) fn get(&self, text: &str) -> Option<&RoaringBitmap> {
        let (_, set) = self.sets.get(*self.numbers.get(text)? as usize)?;
        Some(set)
    }

    /// Returns each text that products of `rows` have, with the number of those products.
    pub(super) fn counts_in(&self, rows: &RoaringBitmap) -> impl Iterator<Item = (&str, u64)> {
        self.sets
            .iter()
            .map(|(text, set)| (text.as_ref(), set.intersection_len(rows)))
            .filter(|(_, count)| *count > 0)
    }

    /// Returns each text that products have, with the number of those products.
    pub(super) fn counts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.sets.iter().map(|(text, set)| (text.as_ref(), set.len())).filter(|(_, count)| *count > 0)
    }
}
