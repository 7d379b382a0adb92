//! Words that differ from the typed one by one typo: a letter too many, too few or replaced, or two
//! letters swapped.
//!
//! Each word of the dictionary is stored under the hashes of its remainders, the word without one
//! of its letters. Two words that are one typo apart share a remainder, or one is a remainder of
//! the other.

use std::{
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
};

/// Shorter words are too similar to each other, and people do not type longer ones.
const LETTERS: std::ops::RangeInclusive<usize> = 4..=24;

#[derive(Debug)]
enum Words {
    One(u32),
    Many(Box<[u32]>),
}

#[derive(Debug, Default)]
pub(super) struct Typos(HashMap<u64, Words>);

/// Reports whether a typo in the word is forgiven. A digit is not a mistyped letter.
pub(super) fn is_forgiven(word: &str) -> bool {
    LETTERS.contains(&word.chars().count()) && word.chars().all(char::is_alphabetic)
}

/// Returns the word without each of its letters in turn.
pub(super) fn rests(word: &str) -> impl Iterator<Item = String> {
    word.char_indices().map(|(at, letter)| {
        let (before, after) = word.split_at(at);
        [before, after.get(letter.len_utf8()..).unwrap_or_default()].concat()
    })
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

impl Typos {
    /// Adds a word of the dictionary.
    pub(super) fn insert(&mut self, word: &str, number: u32) {
        for rest in rests(word).filter(|_| is_forgiven(word)) {
            let words = self.0.entry(hash(&rest)).or_insert(Words::One(number));
            match words {
                // A doubled letter gives the same remainder twice.
                Words::One(other) if *other == number => {}
                Words::One(other) => *words = Words::Many(Box::new([*other, number])),
                Words::Many(many) if many.contains(&number) => {}
                Words::Many(many) => *many = many.iter().copied().chain([number]).collect(),
            }
        }
    }

    pub(super) fn remove(&mut self, word: &str, number: u32) {
        for hash in rests(word).filter(|_| is_forgiven(word)).map(|rest| hash(&rest)) {
            let is_empty = match self.0.get_mut(&hash) {
                Some(Words::One(other)) => *other == number,
                Some(Words::Many(many)) => {
                    *many = many.iter().copied().filter(|other| *other != number).collect();
                    many.is_empty()
                }
                None => false,
            };
            if is_empty {
                self.0.remove(&hash);
            }
        }
    }

    /// Returns words of the dictionary with this remainder, and some with the same hash.
    pub(super) fn leaving<'a>(&'a self, rest: &str) -> &'a [u32] {
        match self.0.get(&hash(rest)) {
            Some(Words::One(number)) => std::slice::from_ref(number),
            Some(Words::Many(many)) => many,
            None => &[],
        }
    }
}

/// Reports whether the words are one typo apart.
pub(super) fn is_near(one: &str, other: &str) -> bool {
    let (mut one, mut other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let begin = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    one.drain(..begin);
    other.drain(..begin);
    while !one.is_empty() && one.last() == other.last() {
        one.pop();
        other.pop();
    }
    match (&one[..], &other[..]) {
        ([a, b], [c, d]) => a == d && b == c,
        (one, other) => one.len() <= 1 && other.len() <= 1 && one.len() + other.len() > 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_typo_is_near_and_two_are_not() {
        for (one, other) in [
            ("kettle", "ketle"),
            ("kettle", "kettles"),
            ("kettle", "kattle"),
            ("kettle", "ketlte"),
            ("größe", "größt"),
        ] {
            assert!(is_near(one, other) && is_near(other, one), "{one} {other}");
        }
        for (one, other) in
            [("kettle", "kettle"), ("kettle", "kattles"), ("kettle", "ketel"), ("abcd", "badc")]
        {
            assert!(!is_near(one, other), "{one} {other}");
        }
    }
}
