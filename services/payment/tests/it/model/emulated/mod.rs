//! The part of Redis that the function libraries use, in memory. It has a store that is cheap to
//! copy, compare and hash, and Lua 5.1 with `redis.call`, `redis.register_function` and `cjson`. It
//! fails with an error on anything that it does not know. `mirror.rs` compares it with the real
//! Redis.

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

/// The reason why a command or a function was refused.
pub(crate) type Refused = String;
