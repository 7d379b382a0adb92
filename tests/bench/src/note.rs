//! Lines for the person who waits.

use std::io::{self, Write};

/// Writes a line about progress.
pub(crate) fn note(line: &str) {
    // A terminal that is gone needs none.
    let _gone = writeln!(io::stderr(), "{line}");
}

/// Writes a line of results.
pub(crate) fn say(line: &str) {
    let _gone = writeln!(io::stdout(), "{line}");
}
