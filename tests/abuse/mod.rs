//! What is tried, and what comes back.

mod bodies;
mod closed;
mod crowds;
mod document;
mod edges;
mod encrypted;
mod ended;
mod frames;
mod guards;
mod headers;
mod heads;
mod http2;
mod internal;
mod limits;
mod memory;
mod origins;
mod redis_rules;
mod replica;
mod settings;
mod shedding;
mod smuggling;
mod tls;
mod told;
mod wire;
