//! The User Service's store, on a real Postgres.
#![cfg(test)]

mod addresses;
mod begin;
mod callers;
mod indexes;
mod links;
mod lost;
mod migrations;
mod outbox;
mod queue;
mod search;
mod sessions;
mod store;
