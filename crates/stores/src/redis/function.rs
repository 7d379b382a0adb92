//! Calls of library functions.

use redis::{Cmd, RedisError, cmd};

/// Returns a call of the function `name`, whose keys all carry `tag`.
#[must_use]
pub fn fcall(name: &str, tag: &str) -> Cmd {
    call("FCALL", name, tag)
}

/// Returns a call of a read-only function.
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

/// Returns true if the server's answer is missing, so that the outcome is unknown.
#[must_use]
pub fn is_silent(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_timeout()
        || error.is_connection_dropped()
        || error.is_unrecoverable_error()
}

/// Returns true if the failure is transient: the server does not answer, loads its data, has no
/// room, or is no primary.
#[must_use]
pub fn is_away(error: &RedisError) -> bool {
    is_silent(error) || error.code().is_some_and(|code| PASSING.contains(&code))
}

/// Returns true if the server is empty, so that its libraries are not loaded yet.
#[must_use]
pub fn is_empty(error: &RedisError) -> bool {
    error.detail() == Some("Function not found")
}

/// Returns true if the server is still loading its data.
#[must_use]
pub fn is_loading(error: &RedisError) -> bool {
    error.code() == Some("LOADING")
}

const PASSING: [&str; 9] =
    ["BUSY", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "MISCONF", "NOREPLICAS", "OOM", "READONLY", "TRYAGAIN"];
