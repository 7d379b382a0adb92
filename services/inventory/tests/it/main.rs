//! The Inventory Service's store, on a real Redis: its functions against plain models.
#![cfg(test)]

mod catalogue;
mod collation;
mod folding;
mod following;
mod fresh;
mod oracle;
mod questions;
mod reservations;
mod store;
mod survey;
mod work;
