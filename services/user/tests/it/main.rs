//! The User Service's store, on a real Postgres.
#![cfg(test)]

mod sessions;
mod store;
