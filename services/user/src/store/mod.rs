//! The only place that talks to the database: one file for each aggregate.

pub mod callers;
pub mod epochs;
pub mod erasures;
pub mod familiar;
pub mod links;
pub mod outbox;
pub mod sessions;
pub mod users;
