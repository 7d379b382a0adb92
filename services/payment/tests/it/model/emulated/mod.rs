//! As much of Redis as the function libraries use, in memory: a store that is cheap to copy, compare and hash, and Lua 5.1 with
//! `redis.call`, `redis.register_function` and `cjson`. What it does not know, it refuses loudly. `mirror.rs` compares
//! it with the real one.

mod commands;
mod hashes;
mod json;
mod library;
mod reply;
mod sorted;
mod store;

pub(crate) use library::Library;
pub(crate) use reply::Reply;
pub(crate) use store::{Store, Value};

/// Why a command or a function was refused.
pub(crate) type Refused = String;
