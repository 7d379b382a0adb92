//! The User Service's store, on a real Postgres.
#![cfg(test)]

mod callers;
mod links;
mod sessions;
mod store;
