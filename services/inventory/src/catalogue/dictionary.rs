//! The words of all products.

use std::{borrow::Cow, collections::BTreeMap, ops::Bound, sync::Arc};

use roaring::RoaringBitmap;

use super::{
    postings::{self, Postings},
    typos::{Typos, is_forgiven, is_near, rests},
};
use crate::domain::{EXACT, Field};

/// The weight of a word that begins with the typed one, and of a word with a typo.
const BEGINS: u32 = EXACT / 2;
const NEAR: u32 = EXACT / 4;
/// The most words that one prefix stands for, in alphabetical order.
const BEGINNINGS: usize = 1000;

/// The products that have a word, grouped by the weight of the word in them, heaviest first. Each
/// product is in one group.
pub(super) type Classes<'a> = Vec<(u32, Cow<'a, RoaringBitmap>)>;

#[derive(Debug)]
struct Word {
    text: Arc<str>,
    postings: Postings,
}

#[derive(Debug, Default)]
pub(super) struct Dictionary {
    numbers: BTreeMap<Arc<str>, u32>,
    words: Vec<Option<Word>>,
    free: Vec<u32>,
    typos: Typos,
}

impl Dictionary {
    /// Adds a word of a product. Returns the value with which `remove` takes it away.
    pub(super) fn insert(&mut self, text: &str, row: u32, field: Field) -> u32 {
        let number = self.numbers.get(text).copied();
        let number = if let Some(number) = number {
            if let Some(Some(word)) = self.words.get_mut(number as usize) {
                word.postings.insert(row, field);
            }
            number
        } else {
            let text = Arc::<str>::from(text);
            let number = self.free.pop().unwrap_or_else(|| {
                self.words.push(None);
                u32::try_from(self.words.len() - 1).unwrap_or(u32::MAX)
            });
            self.numbers.insert(text.clone(), number);
            self.typos.insert(&text, number);
            if let Some(place) = self.words.get_mut(number as usize) {
                *place = Some(Word { text, postings: Postings::One(row, field) });
            }
            number
        };
        // The shift leaves room for about a thousand million words, more than fit into memory.
        number << 2 | field as u32
    }

    /// Removes a word of a product, given the value that `insert` returned.
    pub(super) fn remove(&mut self, word: u32, row: u32) {
        let (number, field) = (word >> 2, Field::ALL.into_iter().find(|field| *field as u32 == word & 3));
        let Some(place) = self.words.get_mut(number as usize) else { return };
        let Some((word, field)) = place.as_mut().zip(field) else { return };
        if word.postings.remove(row, field) {
            self.numbers.remove(&word.text);
            self.typos.remove(&word.text, number);
            self.free.push(number);
            *place = None;
        }
    }

    fn postings(&self, number: u32) -> Option<&Postings> {
        Some(&self.words.get(number as usize)?.as_ref()?.postings)
    }

    fn exact(&self, text: &str) -> Option<&Postings> {
        self.postings(*self.numbers.get(text)?)
    }

    /// Returns longer words that begin with `text`.
    fn longer<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a Postings> {
        let from = (Bound::Excluded(text), Bound::Unbounded);
        let range = self.numbers.range::<str, _>(from).take_while(move |(word, _)| word.starts_with(text));
        // A single letter begins a large part of the catalogue's words.
        let limit = if text.chars().nth(1).is_some() { BEGINNINGS } else { 0 };
        range.take(limit).filter_map(|(_, number)| self.postings(*number))
    }

    /// Returns words that are one typo away from `text`.
    fn near<'a>(&'a self, text: &'a str) -> Vec<&'a Postings> {
        let rests: Vec<String> = rests(text).collect();
        let mut numbers: Vec<u32> =
            rests.iter().filter_map(|rest| self.numbers.get(rest.as_str())).copied().collect();
        numbers.extend(self.typos.leaving(text));
        numbers.extend(rests.iter().flat_map(|rest| self.typos.leaving(rest)));
        numbers.sort_unstable();
        numbers.dedup();
        let word = |number: &u32| self.words.get(*number as usize)?.as_ref();
        numbers
            .iter()
            .filter_map(word)
            .filter(|word| is_near(&word.text, text))
            .map(|word| &word.postings)
            .collect()
    }

    /// Returns the products that have a word as it is typed and, unless `whole`, as a prefix. If
    /// there are none, also returns those that have it with a typo.
    pub(super) fn classes<'a>(&'a self, text: &'a str, whole: bool) -> Classes<'a> {
        let mut classes = Vec::new();
        if let Some(postings) = self.exact(text) {
            classes.extend(Field::ALL.map(|field| (EXACT * field.weight(), postings.field(field))));
        }
        let several = |factor: u32, sets: [RoaringBitmap; 4]| {
            // The sets are in the order of the fields, beginning with the one of least weight.
            let weights = Field::ALL.into_iter().rev().map(move |field| factor * field.weight());
            weights.zip(sets.map(Cow::Owned))
        };
        if !whole {
            classes.extend(several(BEGINS, postings::union(self.longer(text))));
        }
        if !whole && classes.iter().all(|(_, set)| set.is_empty()) && is_forgiven(text) {
            classes.extend(several(NEAR, postings::union(self.near(text).into_iter())));
        }
        classes.retain(|(_, set)| !set.is_empty());
        classes.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        disjoint(classes)
    }
}

/// Leaves each product only in the first of its groups. Most words are no prefix of another, so
/// their groups have nothing in common.
fn disjoint(mut classes: Classes<'_>) -> Classes<'_> {
    for at in 1..classes.len() {
        let (before, rest) = classes.split_at_mut(at);
        let Some((_, set)) = rest.first_mut() else { continue };
        for (_, other) in before {
            if !set.is_disjoint(other) {
                *set.to_mut() -= other.as_ref();
            }
        }
    }
    classes.retain(|(_, set)| !set.is_empty());
    classes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(dictionary: &Dictionary, text: &str, whole: bool) -> Vec<(u32, Vec<u32>)> {
        let classes = dictionary.classes(text, whole);
        classes.into_iter().map(|(weight, rows)| (weight, rows.iter().collect())).collect()
    }

    #[test]
    fn words_count_by_field_and_closeness() {
        let mut words = Dictionary::default();
        let kept = [
            words.insert("mug", 1, Field::Name),
            words.insert("mug", 2, Field::Description),
            words.insert("mugs", 3, Field::Sku),
            words.insert("kettle", 4, Field::Tags),
        ];
        // A prefix of a SKU has the same weight as a whole word of a name.
        assert_eq!(found(&words, "mug", false), [(16, vec![1]), (16, vec![3]), (4, vec![2])]);
        assert_eq!(found(&words, "mug", true), [(16, vec![1]), (4, vec![2])]);
        assert_eq!(found(&words, "ketle", false), [(2, vec![4])]);
        assert_eq!(found(&words, "ketle", true), []);
        assert_eq!(found(&words, "k", false), []);
        words.remove(kept[2], 3);
        words.remove(kept[3], 4);
        assert_eq!(found(&words, "mug", false), [(16, vec![1]), (4, vec![2])]);
        assert_eq!(found(&words, "ketle", false), []);
        assert_eq!(
            words.insert("lamp", 9, Field::Name) >> 2,
            kept[3] >> 2,
            "the place of a word is used again"
        );
    }
}
