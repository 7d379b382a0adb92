//! Equation 14: what must stay secret is in no file that the shop writes. (`erased.rs` has its other half.)

use std::path::PathBuf;

use estore_tests::Search;

pub use estore_tests::Canary;

use super::Violation;

/// 14: looks for each canary, as it is, in each file: append-only files, dumps, logs, metrics. What cannot be read or looked
/// for is a finding too: nobody knows what is in it. Compressed files hide what they hold: dumps are to be written with
/// `rdbcompression no`.
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
