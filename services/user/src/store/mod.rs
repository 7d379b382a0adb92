//! The only modules that access the database: one file for each aggregate.

pub mod addresses;
pub mod callers;
pub mod epochs;
pub mod erasures;
pub mod known_networks;
pub mod links;
pub mod outbox;
pub mod search;
pub mod sessions;
pub mod users;
