//! The hits of a search, ranked by score.

use std::{borrow::Cow, collections::BTreeMap};

use roaring::RoaringBitmap;

use super::dictionary::Classes;

/// Returns the products that have a word in any group.
pub(super) fn any<'a>(classes: &Classes<'a>) -> Cow<'a, RoaringBitmap> {
    match classes.as_slice() {
        [(_, one)] => one.clone(),
        several => Cow::Owned(several.iter().fold(RoaringBitmap::new(), |mut all, (_, set)| {
            all |= set.as_ref();
            all
        })),
    }
}

/// The most combinations of groups. Above it, each word is intersected separately.
const COMBINATIONS: usize = 64;

/// Calls `visit` with the hits of each score, best first, until it returns `false`. `hits` have all
/// of the words. A score is the sum of the weights of the words in a hit.
///
/// The function intersects whole sets, so that a hit costs a few bits instead of a lookup for each
/// of its words. It computes only the scores that are requested.
pub(super) fn ranked(
    hits: &RoaringBitmap,
    words: &[Classes<'_>],
    mut visit: impl FnMut(u32, &RoaringBitmap) -> bool,
) {
    let mut combinations: Vec<(u32, Vec<usize>)> = vec![(0, Vec::new())];
    for classes in words {
        if combinations.len() * classes.len() > COMBINATIONS {
            let levels = levels(hits.clone(), words);
            levels.iter().rev().all(|(score, level)| visit(*score, level));
            return;
        }
        let with = |(score, chosen): &(u32, Vec<usize>)| {
            let (score, chosen) = (*score, chosen.clone());
            classes
                .iter()
                .enumerate()
                .map(move |(at, (weight, _))| (score + weight, [&chosen[..], &[at]].concat()))
        };
        combinations = combinations.iter().flat_map(with).collect();
    }
    combinations.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
    for same in combinations.chunk_by(|one, other| one.0 == other.0) {
        let mut level = RoaringBitmap::new();
        for (_, chosen) in same {
            let sets = chosen.iter().zip(words).filter_map(|(at, classes)| classes.get(*at));
            let mut sets: Vec<&RoaringBitmap> = sets.map(|(_, set)| set.as_ref()).chain([hits]).collect();
            sets.sort_by_key(|set| set.len());
            let mut sets = sets.into_iter();
            // There are at least two sets: the hits, and one for each word.
            if let (Some(first), Some(second)) = (sets.next(), sets.next()) {
                level |= sets.fold(first & second, |cut, set| cut & set);
            }
        }
        if let Some((score, _)) = same.first()
            && !level.is_empty()
            && !visit(*score, &level)
        {
            return;
        }
    }
}

/// Returns the hits of every score.
fn levels(hits: RoaringBitmap, words: &[Classes<'_>]) -> BTreeMap<u32, RoaringBitmap> {
    let mut levels = BTreeMap::from([(0, hits)]);
    for classes in words {
        let mut next: BTreeMap<u32, RoaringBitmap> = BTreeMap::new();
        for (score, rest) in levels {
            for (weight, set) in classes {
                let part = &rest & set.as_ref();
                if !part.is_empty() {
                    *next.entry(score + weight).or_default() |= part;
                }
            }
        }
        levels = next;
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_rank_by_the_sum_of_words() {
        let set = |rows: &[u32]| Cow::Owned(rows.iter().copied().collect::<RoaringBitmap>());
        let one = vec![(16, set(&[1, 2])), (4, set(&[3, 4]))];
        let two = vec![(8, set(&[1, 3])), (4, set(&[2, 4]))];
        let (words, hits) = ([one, two], [1, 2, 3, 4].into_iter().collect::<RoaringBitmap>());
        let expected = [(24, vec![1]), (20, vec![2]), (12, vec![3]), (8, vec![4])];
        let each: Vec<(u32, Vec<u32>)> = levels(hits.clone(), &words)
            .into_iter()
            .rev()
            .map(|(score, rows)| (score, rows.iter().collect()))
            .collect();
        assert_eq!(each, expected);
        for want in 1..=4 {
            let mut found: Vec<(u32, Vec<u32>)> = Vec::new();
            ranked(&hits, &words, |score, rows| {
                found.push((score, rows.iter().collect()));
                found.len() < want
            });
            assert_eq!(found, expected[..want]);
        }
    }
}
