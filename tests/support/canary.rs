//! Secrets that are given to a shop to see where they turn up.

use std::{collections::BTreeMap, fs::File, path::Path};

use aho_corasick::{AhoCorasick, MatchKind};
use anyhow::{Result, ensure};

/// A secret that was given to the shop to see where it turns up. It should be unlike anything else, and no part of another.
#[derive(Clone)]
pub struct Canary {
    /// What it is: a report names it, and never shows it.
    pub name: String,
    /// The secret.
    pub value: String,
}

/// Looks for canaries.
pub struct Search(AhoCorasick);

impl Search {
    /// For these, as they are.
    pub fn of(canaries: &[Canary]) -> Result<Self> {
        for canary in canaries {
            ensure!(!canary.value.is_empty(), "{} is empty", canary.name);
        }
        let values = canaries.iter().map(|canary| canary.value.as_bytes());
        Ok(Self(AhoCorasick::builder().match_kind(MatchKind::Standard).build(values)?))
    }

    /// Of each canary in the file (by its place in the list), how often it is there, and where first. The file is read as a
    /// stream, whatever its size.
    pub fn in_file(&self, file: &Path) -> Result<BTreeMap<usize, (u64, usize)>> {
        let mut places = BTreeMap::new();
        for found in self.0.stream_find_iter(File::open(file)?) {
            let found = found?;
            let (times, _) = places.entry(found.pattern().as_usize()).or_insert((0, found.start()));
            *times += 1;
        }
        Ok(places)
    }
}
