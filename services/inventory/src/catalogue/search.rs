//! The hits of a search, by how well they fit.

use std::{borrow::Cow, collections::BTreeMap};

use roaring::RoaringBitmap;

use super::dictionary::Classes;

/// The products that have a word in any class.
pub(super) fn any<'a>(classes: &Classes<'a>) -> Cow<'a, RoaringBitmap> {
    match classes.as_slice() {
        [(_, one)] => one.clone(),
        several => Cow::Owned(several.iter().fold(RoaringBitmap::new(), |mut all, (_, set)| {
            all |= set.as_ref();
            all
        })),
    }
}

/// `hits`, which have all of the words, by the sum of what the words count in each.
///
/// Sets are cut by sets, so that a hit costs a few bits and not a look at each of its words.
pub(super) fn levels(hits: RoaringBitmap, words: &[Classes<'_>]) -> BTreeMap<u32, RoaringBitmap> {
    let mut levels = BTreeMap::from([(0, hits)]);
    for classes in words {
        let mut next: BTreeMap<u32, RoaringBitmap> = BTreeMap::new();
        for (score, mut rest) in levels {
            for (weight, set) in classes {
                if rest.is_empty() {
                    break;
                }
                let part = &rest & set.as_ref();
                if !part.is_empty() {
                    rest -= &part;
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
    fn hits_are_ranked_by_the_sum_of_their_words() {
        let set = |rows: &[u32]| Cow::Owned(rows.iter().copied().collect::<RoaringBitmap>());
        let one = vec![(16, set(&[1, 2])), (4, set(&[2, 3, 4]))];
        let two = vec![(8, set(&[1, 3])), (4, set(&[1, 2, 4]))];
        let hits = any(&one).as_ref() & any(&two).as_ref();
        let levels: Vec<(u32, Vec<u32>)> = levels(hits, &[one, two])
            .into_iter()
            .map(|(score, rows)| (score, rows.iter().collect()))
            .collect();
        assert_eq!(levels, [(8, vec![4]), (12, vec![3]), (20, vec![2]), (24, vec![1])]);
    }
}
