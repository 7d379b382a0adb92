//! The Verification Service's queues, on a real Postgres.
#![cfg(test)]

mod mails;
mod migrations;
mod order_emails;
mod samples;
mod store;
mod verified_events;
