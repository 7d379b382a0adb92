//! The rows by number. Numbers are dense, so that sets of products are small bitmaps. A free number
//! is used again.

use std::{collections::HashMap, sync::Arc};

use super::row::Row;

#[derive(Debug, Default)]
pub(super) struct Rows {
    all: Vec<Option<Row>>,
    numbers: HashMap<Arc<str>, u32>,
    free: Vec<u32>,
}

impl Rows {
    /// Returns the highest number plus one.
    pub(super) fn end(&self) -> usize {
        self.all.len()
    }

    pub(super) fn number(&self, sku: &str) -> Option<u32> {
        self.numbers.get(sku).copied()
    }

    pub(super) fn get(&self, number: u32) -> Option<&Row> {
        self.all.get(number as usize)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, number: u32) -> Option<&mut Row> {
        self.all.get_mut(number as usize)?.as_mut()
    }

    /// Returns the number for the next new row.
    pub(super) fn next(&mut self) -> u32 {
        self.free.pop().unwrap_or_else(|| {
            self.all.push(None);
            // Four thousand million products are more than fit into memory.
            u32::try_from(self.all.len() - 1).unwrap_or(u32::MAX)
        })
    }

    pub(super) fn put(&mut self, number: u32, row: Row) {
        self.numbers.insert(row.sku.clone(), number);
        if let Some(place) = self.all.get_mut(number as usize) {
            *place = Some(row);
        }
    }

    /// Removes a row. Its number stays reserved until it is passed to `free` or gets a row again.
    pub(super) fn take(&mut self, number: u32) -> Option<Row> {
        let row = self.all.get_mut(number as usize)?.take()?;
        self.numbers.remove(&row.sku);
        Some(row)
    }

    pub(super) fn free(&mut self, number: u32) {
        self.free.push(number);
    }
}
