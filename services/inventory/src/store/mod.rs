//! The only modules that access Redis: one file for each aggregate. Every key contains `{inv}`.
//! Every write except those of images is a function call.

pub mod archive;
pub mod archived;
pub mod catalog;
pub mod categories;
pub mod changes;
pub mod folding;
pub mod images;
pub mod list;
pub mod prices;
pub mod quotes;
pub mod reservations;
pub mod stock;
pub mod survey;

/// The hash tag of every key.
const TAG: &str = "{inv}";
