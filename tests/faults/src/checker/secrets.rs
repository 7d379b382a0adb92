//! Equation 14: what must stay secret is in no file that the shop writes. (`erased.rs` has its other half.)

use std::{
    collections::BTreeMap,
    fs::File,
    path::{Path, PathBuf},
};

use aho_corasick::{AhoCorasick, MatchKind};
use anyhow::{Result, ensure};

use super::Violation;

/// A secret that was given to the shop to see where it turns up. It should be unlike anything else, and no part of another.
#[derive(Clone)]
pub struct Canary {
    /// What it is: a report names it, and never shows it.
    pub name: String,
    /// The secret.
    pub value: String,
}

/// 14: looks for each canary, as it is, in each file: append-only files, dumps, logs, metrics. What cannot be read or looked
/// for is a finding too: nobody knows what is in it. Compressed files hide what they hold: dumps are to be written with
/// `rdbcompression no`.
#[must_use]
pub fn scan(files: &[PathBuf], canaries: &[Canary]) -> Vec<Violation> {
    let found =
        |subject: String, what: String| Violation { equation: 14, what, operations: Vec::new(), subject };
    let finder = match finder(canaries) {
        Ok(finder) => finder,
        Err(error) => return vec![found("canaries".to_owned(), format!("{error:#}"))],
    };
    let mut violations = Vec::new();
    for file in files {
        let name = file.display().to_string();
        match places(&finder, file) {
            Ok(places) => violations.extend(places.into_iter().filter_map(|(canary, (times, first))| {
                let canary = &canaries.get(canary)?.name;
                Some(found(name.clone(), format!("{canary} is in it {times} times, first at byte {first}")))
            })),
            Err(error) => violations.push(found(name, format!("it cannot be read: {error}"))),
        }
    }
    violations
}

fn finder(canaries: &[Canary]) -> Result<AhoCorasick> {
    for canary in canaries {
        ensure!(!canary.value.is_empty(), "{} is empty", canary.name);
    }
    let values = canaries.iter().map(|canary| canary.value.as_bytes());
    Ok(AhoCorasick::builder().match_kind(MatchKind::Standard).build(values)?)
}

/// Of each canary in the file, how often it is there, and where first. The file is read as a stream, whatever its size.
fn places(finder: &AhoCorasick, file: &Path) -> Result<BTreeMap<usize, (u64, usize)>> {
    let mut places = BTreeMap::new();
    for found in finder.stream_find_iter(File::open(file)?) {
        let found = found?;
        let (times, _) = places.entry(found.pattern().as_usize()).or_insert((0, found.start()));
        *times += 1;
    }
    Ok(places)
}
