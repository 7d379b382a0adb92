//! What is tried, and what comes back.

mod bodies;
mod canaries;
mod document;
mod edges;
mod encrypted;
mod guards;
mod internal;
mod redis_rules;
mod rows_accounts;
mod rows_lists;
mod rows_orders;
mod rows_tokens;
mod settings;
