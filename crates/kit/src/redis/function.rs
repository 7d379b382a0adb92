//! Calling library functions.

use redis::{Cmd, RedisError, cmd};

use crate::Problem;
use estore_contract::Code;

/// A call of the function `name`, whose keys all carry `tag`.
#[must_use]
pub fn fcall(name: &str, tag: &str) -> Cmd {
    call("FCALL", name, tag)
}

/// A call of a function that writes nothing.
#[must_use]
pub fn fcall_ro(name: &str, tag: &str) -> Cmd {
    call("FCALL_RO", name, tag)
}

fn call(command: &str, name: &str, tag: &str) -> Cmd {
    let mut call = cmd(command);
    // One declared key is enough: it names the slot that every key of the tag is in.
    call.arg(name).arg(1).arg(tag);
    call
}

/// The answer where a read, or a write that certainly did not happen, failed.
#[must_use]
pub fn problem(error: RedisError) -> Problem {
    if is_away(&error) || is_empty(&error) { Problem::unavailable(error) } else { Problem::internal(error) }
}

/// The answer where a write failed: where its answer was lost, it may have happened.
#[must_use]
pub fn write_problem(error: RedisError) -> Problem {
    if is_silent(&error) {
        Problem::new(Code::OutcomeUnknown, "It may have happened or not: repeat with the same key.")
            .caused_by(error)
    } else {
        problem(error)
    }
}

/// Whether the server's answer is missing, so that nobody knows what it did.
#[must_use]
pub fn is_silent(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_timeout()
        || error.is_connection_dropped()
        || error.is_unrecoverable_error()
}

/// Whether the server may do later what it did not do now: it does not answer, loads its data, has no room, or is no primary.
#[must_use]
pub fn is_away(error: &RedisError) -> bool {
    is_silent(error) || error.code().is_some_and(|code| PASSING.contains(&code))
}

/// Whether the server is an empty one: its libraries are not loaded yet.
fn is_empty(error: &RedisError) -> bool {
    error.detail() == Some("Function not found")
}

/// Whether the server still loads its data.
pub(crate) fn is_loading(error: &RedisError) -> bool {
    error.code() == Some("LOADING")
}

const PASSING: [&str; 9] =
    ["BUSY", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "MISCONF", "NOREPLICAS", "OOM", "READONLY", "TRYAGAIN"];
