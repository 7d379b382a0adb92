//! The text of an error with its causes.

use std::error::Error;

/// Writes `error` and all its sources in one line, because reqwest's own message names no cause.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        line = format!("{line}: {error}");
        next = error.source();
    }
    line
}
