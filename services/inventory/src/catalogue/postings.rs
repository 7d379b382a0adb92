//! The products that have a word, by the field in which it has the most weight.

use std::borrow::Cow;

use roaring::RoaringBitmap;

use crate::domain::Field;

/// Most words of a large catalogue occur in one product only.
#[derive(Debug)]
pub(super) enum Postings {
    One(u32, Field),
    Many(Box<[RoaringBitmap; 4]>),
}

/// Returns the position of a field among the four sets.
const fn at(field: Field) -> usize {
    field as usize
}

impl Postings {
    pub(super) fn insert(&mut self, row: u32, field: Field) {
        if let Self::One(other, there) = *self {
            let mut sets = Box::<[RoaringBitmap; 4]>::default();
            if let Some(set) = sets.get_mut(at(there)) {
                set.insert(other);
            }
            *self = Self::Many(sets);
        }
        if let Self::Many(sets) = self
            && let Some(set) = sets.get_mut(at(field))
        {
            set.insert(row);
        }
    }

    /// Removes a product. Returns `true` if none is left.
    pub(super) fn remove(&mut self, row: u32, field: Field) -> bool {
        match self {
            Self::One(other, _) => *other == row,
            Self::Many(sets) => {
                if let Some(set) = sets.get_mut(at(field)) {
                    set.remove(row);
                }
                sets.iter().all(RoaringBitmap::is_empty)
            }
        }
    }

    /// Returns the products that have the word in this field.
    pub(super) fn field(&self, field: Field) -> Cow<'_, RoaringBitmap> {
        match self {
            Self::One(row, there) if *there == field => Cow::Owned(RoaringBitmap::from_iter([*row])),
            Self::One(..) => Cow::Owned(RoaringBitmap::new()),
            Self::Many(sets) => match sets.get(at(field)) {
                Some(set) => Cow::Borrowed(set),
                None => Cow::Owned(RoaringBitmap::new()),
            },
        }
    }
}

/// Returns the products that have any of several words, by field.
pub(super) fn union<'a>(several: impl Iterator<Item = &'a Postings>) -> [RoaringBitmap; 4] {
    let (mut union, mut singles) = (<[RoaringBitmap; 4]>::default(), <[Vec<u32>; 4]>::default());
    for postings in several {
        match postings {
            Postings::One(row, field) => {
                singles.get_mut(at(*field)).into_iter().for_each(|rows| rows.push(*row));
            }
            Postings::Many(sets) => {
                for (all, set) in union.iter_mut().zip(sets.iter()) {
                    *all |= set;
                }
            }
        }
    }
    for (all, mut rows) in union.iter_mut().zip(singles) {
        rows.sort_unstable();
        all.extend(rows);
    }
    union
}
