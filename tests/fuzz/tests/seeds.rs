//! Runs every check on its seeds and on small changes of them. `./dev fuzz` searches at length.
#![cfg(test)]

use std::{collections::BTreeSet, fs, path::PathBuf};

use estore_fuzz::TARGETS;

/// The number of changed copies of each seed.
const CHANGED: usize = 50;

fn seeds() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("seeds")
}

#[test]
fn checks_hold_for_seeds_and_changed_seeds() {
    let mut dice = fastrand::Rng::with_seed(1);
    for (name, check) in TARGETS {
        let mut count = 0;
        for seed in fs::read_dir(seeds().join(name)).unwrap() {
            let bytes = fs::read(seed.unwrap().path()).unwrap();
            check(&bytes);
            for _ in 0..CHANGED {
                check(&changed(&bytes, &mut dice));
            }
            count += 1;
        }
        assert!(count >= 2, "{name} has no seeds");
    }
}

#[test]
fn every_directory_of_seeds_has_a_check() {
    let names: BTreeSet<String> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let there: BTreeSet<String> = fs::read_dir(seeds())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    assert_eq!(names, there);
}

fn changed(bytes: &[u8], dice: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..dice.usize(1..4) {
        let at = dice.usize(0..=bytes.len());
        match dice.u8(0..4) {
            0 => bytes.insert(at, dice.u8(..)),
            1 if at < bytes.len() => drop(bytes.remove(at)),
            2 if at < bytes.len() => bytes[at] = dice.u8(..),
            _ => bytes.truncate(at),
        }
    }
    bytes
}
