//! The User Service's store, on a real Postgres.
#![cfg(test)]

mod links;
mod sessions;
mod store;
