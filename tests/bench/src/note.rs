//! Lines of output for the user.

use std::io::{self, Write};

/// Writes a line about progress.
pub(crate) fn note(line: &str) {
    // Ignores a closed terminal.
    let _gone = writeln!(io::stderr(), "{line}");
}

/// Writes a line of results.
pub(crate) fn say(line: &str) {
    let _gone = writeln!(io::stdout(), "{line}");
}
