//! The Verification Service's queues, on a real Postgres, and its client for a mail server.
#![cfg(test)]

mod erasing;
mod housekeeping;
mod mails;
mod migrations;
mod order_emails;
mod samples;
mod smtp;
mod store;
mod verified_events;
