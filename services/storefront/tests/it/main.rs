//! Tests of the storefront with services that answer as their documents say. The journeys of
//! `tests/` visit it with the real ones.
#![cfg(test)]

mod account;
mod away;
mod back_office;
mod catalogue;
mod checkout;
mod desk;
mod engine;
mod forms;
mod forwarding;
mod headers;
mod keys;
mod sessions;
mod stage;
mod till;
