//! What is tried, and what comes back.

mod bodies;
mod closed;
mod document;
mod edges;
mod encrypted;
mod ended;
mod guards;
mod internal;
mod redis_rules;
mod settings;
