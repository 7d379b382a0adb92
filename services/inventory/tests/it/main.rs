//! The Inventory Service's store, on a real Redis: its functions against plain models.
#![cfg(test)]

mod catalogue;
mod collation;
mod folding;
mod reservations;
mod store;
mod survey;
