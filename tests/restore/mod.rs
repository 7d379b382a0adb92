//! A stale store: restored from a backup, or empty (order-flow section 7).

mod backup;
mod books;
mod empty;
mod halves;
mod keep;
mod older;
mod room;
mod scripts;
