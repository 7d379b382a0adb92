//! The tree of categories, with the products in each and below it.

use std::{collections::HashMap, sync::Arc};

use roaring::RoaringBitmap;

use crate::store::categories;

#[derive(Debug)]
struct Category {
    node: Option<categories::Node>,
    parent: Option<u32>,
    direct: RoaringBitmap,
    below: RoaringBitmap,
}

#[derive(Debug, Default)]
pub(super) struct Tree {
    numbers: HashMap<Arc<str>, u32>,
    categories: Vec<Category>,
}

impl Tree {
    /// The number of a category, also of one that the tree does not know (yet).
    pub(super) fn number(&mut self, slug: &str) -> u32 {
        if let Some(number) = self.numbers.get(slug) {
            return *number;
        }
        let number = u32::try_from(self.categories.len()).unwrap_or(u32::MAX);
        self.numbers.insert(slug.into(), number);
        let (direct, below) = (RoaringBitmap::new(), RoaringBitmap::new());
        self.categories.push(Category { node: None, parent: None, direct, below });
        number
    }

    /// Takes the tree as the store has it. The work is the tree, and the products in it.
    pub(super) fn set(&mut self, nodes: Vec<categories::Node>) {
        for category in &mut self.categories {
            (category.node, category.parent) = (None, None);
        }
        for node in nodes {
            let number = self.number(node.slug.as_str());
            let parent = node.parent.as_ref().map(|parent| self.number(parent.as_str()));
            if let Some(category) = self.categories.get_mut(number as usize) {
                (category.node, category.parent) = (Some(node), parent);
            }
        }
        for category in &mut self.categories {
            category.below = category.direct.clone();
        }
        for number in (0..).take(self.categories.len()) {
            let Some(direct) = self.categories.get(number as usize).map(|category| category.direct.clone())
            else {
                continue;
            };
            for above in self.chain(number).into_iter().skip(1).filter(|_| !direct.is_empty()) {
                if let Some(category) = self.categories.get_mut(above as usize) {
                    category.below |= &direct;
                }
            }
        }
    }

    /// A category, then those above it.
    fn chain(&self, number: u32) -> Vec<u32> {
        let (mut chain, mut next) = (Vec::new(), Some(number));
        while let Some(number) = next.filter(|number| !chain.contains(number)) {
            chain.push(number);
            next = self.categories.get(number as usize).and_then(|category| category.parent);
        }
        chain
    }

    pub(super) fn insert(&mut self, number: u32, row: u32) {
        self.each(number, row, RoaringBitmap::insert);
    }

    pub(super) fn remove(&mut self, number: u32, row: u32) {
        self.each(number, row, RoaringBitmap::remove);
    }

    fn each(&mut self, number: u32, row: u32, change: impl Fn(&mut RoaringBitmap, u32) -> bool) {
        for above in self.chain(number) {
            if let Some(category) = self.categories.get_mut(above as usize) {
                // Whether it was there before does not matter.
                let _was_there = (above == number).then(|| change(&mut category.direct, row));
                let _was_there = change(&mut category.below, row);
            }
        }
    }

    /// The products in a category or below it.
    pub(super) fn members(&self, slug: &str) -> Option<&RoaringBitmap> {
        Some(&self.categories.get(*self.numbers.get(slug)? as usize)?.below)
    }

    /// Each category with how many products are in it or below it.
    pub(super) fn counts(&self) -> impl Iterator<Item = (categories::Node, u64)> {
        self.categories.iter().filter_map(|category| Some((category.node.clone()?, category.below.len())))
    }
}
