//! The words of all products.

use std::{borrow::Cow, collections::BTreeMap, ops::Bound, sync::Arc};

use roaring::RoaringBitmap;

use super::{
    postings::{self, Postings},
    typos::{Typos, is_forgiven, is_near, rests},
};
use crate::domain::{EXACT, Field};

/// How much a word counts that begins like the one that was typed, and one with a typo.
const BEGINS: u32 = EXACT / 2;
const NEAR: u32 = EXACT / 4;
/// The most words that one beginning stands for, in the order of letters.
const BEGINNINGS: usize = 1000;

/// Products that have a word, by how much it counts in them, from the most on. Each product stands in one class.
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
    /// Adds a word of a product; answers what takes it away again.
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
        // A thousand million words are more than fit into memory.
        number << 2 | field as u32
    }

    /// Takes a word of a product away, as `insert` answered it.
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

    /// Words that go on after `text`.
    fn longer<'a>(&'a self, text: &'a str) -> impl Iterator<Item = &'a Postings> {
        let from = (Bound::Excluded(text), Bound::Unbounded);
        let range = self.numbers.range::<str, _>(from).take_while(move |(word, _)| word.starts_with(text));
        // What follows one letter is most of the catalogue.
        let limit = if text.chars().nth(1).is_some() { BEGINNINGS } else { 0 };
        range.take(limit).filter_map(|(_, number)| self.postings(*number))
    }

    /// Words that are one typo away from `text`.
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

    /// The products that have a word: as it is typed; unless `whole`, also as a beginning; and if there is neither, with a typo.
    pub(super) fn classes<'a>(&'a self, text: &'a str, whole: bool) -> Classes<'a> {
        let mut classes = Vec::new();
        if let Some(postings) = self.exact(text) {
            classes.extend(Field::ALL.map(|field| (EXACT * field.weight(), postings.field(field))));
        }
        let several = |factor: u32, sets: [RoaringBitmap; 4]| {
            // The sets are in the order of the fields, from the one that counts least.
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

/// Leaves each product in the first of its classes. Most words begin no other, and their classes have nothing in common.
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
    fn words_count_by_field_and_by_how_near() {
        let mut words = Dictionary::default();
        let kept = [
            words.insert("mug", 1, Field::Name),
            words.insert("mug", 2, Field::Description),
            words.insert("mugs", 3, Field::Sku),
            words.insert("kettle", 4, Field::Tags),
        ];
        // The beginning of a SKU counts as much as a whole word of a name.
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
