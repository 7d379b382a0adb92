//! A cache for the JSON of products, limited by bytes. It evicts entries that were not used since
//! it last inspected them.

use std::sync::atomic::Ordering::Relaxed;

use super::{entry::Ready, rows::Rows};

#[derive(Debug)]
pub(super) struct Cache {
    limit: usize,
    bytes: usize,
    /// The row to inspect next.
    hand: u32,
}

impl Cache {
    pub(super) fn of(limit: usize) -> Self {
        Self { limit, bytes: 0, hand: 0 }
    }

    /// Reports whether storing one more would evict another.
    pub(super) fn is_full(&self, ready: &Ready) -> bool {
        self.bytes + ready.bytes() > self.limit
    }

    /// Stores the JSON of a row.
    pub(super) fn keep(&mut self, rows: &mut Rows, number: u32, ready: Ready) {
        self.forget(rows, number);
        if ready.bytes() > self.limit {
            return;
        }
        self.bytes += ready.bytes();
        if let Some(row) = rows.get_mut(number) {
            row.ready = Some(ready);
            row.used.store(true, Relaxed);
        }
        self.make_room(rows);
    }

    /// Removes the JSON of a row.
    pub(super) fn forget(&mut self, rows: &mut Rows, number: u32) {
        if let Some(ready) = rows.get_mut(number).and_then(|row| row.ready.take()) {
            self.bytes -= ready.bytes();
        }
    }

    fn make_room(&mut self, rows: &mut Rows) {
        while self.bytes > self.limit {
            let number = self.hand;
            self.hand = if number as usize + 1 < rows.end() { number + 1 } else { 0 };
            if let Some(row) = rows.get_mut(number)
                && !row.used.swap(false, Relaxed)
            {
                self.forget(rows, number);
            }
        }
    }
}
