//! Secrets that a test gives to a shop to find where they appear.

use std::{collections::BTreeMap, fs::File, path::Path};

use aho_corasick::{AhoCorasick, MatchKind};
use anyhow::{Result, ensure};

/// A secret that a test gave to the shop to find where it appears. It should be unlike any other
/// text, and no part of another canary.
#[derive(Clone)]
pub struct Canary {
    /// The canary's name, which reports show instead of the secret.
    pub name: String,
    /// The secret.
    pub value: String,
}

/// A search for canaries.
pub struct Search(AhoCorasick);

impl Search {
    /// Builds a search for these canaries, byte for byte.
    pub fn of(canaries: &[Canary]) -> Result<Self> {
        for canary in canaries {
            ensure!(!canary.value.is_empty(), "{} is empty", canary.name);
        }
        let values = canaries.iter().map(|canary| canary.value.as_bytes());
        Ok(Self(AhoCorasick::builder().match_kind(MatchKind::Standard).build(values)?))
    }

    /// Returns, for each canary in the file (by its index), the number of occurrences and the
    /// offset of the first one. Reads the file as a stream, whatever its size.
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
