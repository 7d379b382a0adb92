//! What is tried, and what comes back.

mod bodies;
mod document;
mod edges;
mod encrypted;
mod internal;
mod limits;
mod redis_rules;
mod settings;
