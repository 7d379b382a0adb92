//! The only modules that access the database: one file for each aggregate.

pub mod outbox;
pub mod templates;
pub mod tokens;
pub mod verifications;
pub mod verified_events;
