//! The Verification Service's queues, on a real Postgres.
#![cfg(test)]

mod mails;
mod samples;
mod store;
mod verified_events;
