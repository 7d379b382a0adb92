//! The first half of equation 14: no file that the shop writes contains a secret. (`erased.rs` has
//! the second half.)

use std::path::PathBuf;

use estore_tests::Search;

pub use estore_tests::Canary;

use super::Violation;

/// Searches each file for each canary, byte for byte (equation 14): append-only files, dumps, logs
/// and metrics.
/// A file that cannot be read and a canary that cannot be searched for are findings too: their
/// content is unknown. Compression hides content: write dumps with `rdbcompression no`.
#[must_use]
pub fn scan(files: &[PathBuf], canaries: &[Canary]) -> Vec<Violation> {
    let found =
        |subject: String, what: String| Violation { equation: 14, what, operations: Vec::new(), subject };
    let search = match Search::of(canaries) {
        Ok(search) => search,
        Err(error) => return vec![found("canaries".to_owned(), format!("{error:#}"))],
    };
    let mut violations = Vec::new();
    for file in files {
        let name = file.display().to_string();
        match search.in_file(file) {
            Ok(places) => violations.extend(places.into_iter().filter_map(|(canary, (times, first))| {
                let canary = &canaries.get(canary)?.name;
                Some(found(name.clone(), format!("{canary} is in it {times} times, first at byte {first}")))
            })),
            Err(error) => violations.push(found(name, format!("it cannot be read: {error}"))),
        }
    }
    violations
}
