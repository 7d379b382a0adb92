//! What is tried, and what comes back.

mod bodies;
mod document;
mod edges;
mod encrypted;
mod guards;
mod internal;
mod redis_rules;
mod settings;
