//! Explains a failure to the person at the terminal.

use std::io::ErrorKind;

use anyhow::Error;

/// Returns the failure in full, with advice if the machine is the cause.
pub(crate) fn explain(error: &Error) -> String {
    let text = format!("{error:#}");
    let kind =
        error.chain().find_map(|cause| cause.downcast_ref::<std::io::Error>()).map(std::io::Error::kind);
    // Messages of our programs appear as text only.
    let is = |wanted: ErrorKind, words: &str| kind == Some(wanted) || text.contains(words);
    let advice = if is(ErrorKind::StorageFull, "No space left on device") {
        "\nThe disk is full: make room, or give another directory with --dir."
    } else if is(ErrorKind::PermissionDenied, "Permission denied") {
        "\nThis user lacks a permission: start it as the owner of its directory, or give another with --dir."
    } else if is(ErrorKind::ReadOnlyFilesystem, "Read-only file system") {
        "\nThe disk cannot be written to: give another directory with --dir."
    } else {
        ""
    };
    text + advice
}

#[cfg(test)]
mod tests {
    use anyhow::anyhow;

    use super::*;

    #[test]
    fn full_disk_is_explained_whoever_reports_it() {
        let own = Error::from(std::io::Error::from(ErrorKind::StorageFull)).context("jwt.secret");
        let theirs = anyhow!("Redis ended: can't write: No space left on device");
        for error in [own, theirs] {
            assert!(explain(&error).contains("The disk is full: make room"), "{error:#}");
        }
        assert_eq!(explain(&anyhow!("something else")), "something else");
    }
}
