//! The Inventory Service's store, on a real Redis: its functions compared with plain models.
#![cfg(test)]

mod adjustments;
mod catalogue;
mod categories;
mod collation;
mod cursors;
mod folding;
mod following;
mod fresh;
mod kept;
mod oracle;
mod prices;
mod questions;
mod reservations;
mod store;
mod survey;
mod work;
