//! The tree of categories, with the products in and below each.

use std::{collections::HashMap, sync::Arc};

use roaring::{MultiOps, RoaringBitmap};

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
    /// Returns the number of a category, even of one that the tree does not have (yet).
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

    /// Replaces the tree with the one in the store. The cost is the size of the tree, and of the
    /// products in it.
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
        // A union of all at once counts its members once, and not after each part.
        let mut parts: Vec<Vec<&RoaringBitmap>> = vec![Vec::new(); self.categories.len()];
        for (number, category) in (0..).zip(&self.categories).filter(|(_, one)| !one.direct.is_empty()) {
            for at in self.chain(number) {
                if let Some(parts) = parts.get_mut(at as usize) {
                    parts.push(&category.direct);
                }
            }
        }
        let below: Vec<RoaringBitmap> = parts.into_iter().map(MultiOps::union).collect();
        for (category, below) in self.categories.iter_mut().zip(below) {
            category.below = below;
        }
    }

    /// Returns a category, followed by those above it.
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
                // The set may or may not have changed; both are fine.
                let _was_there = (above == number).then(|| change(&mut category.direct, row));
                let _was_there = change(&mut category.below, row);
            }
        }
    }

    /// Returns the products in or below a category.
    pub(super) fn members(&self, slug: &str) -> Option<&RoaringBitmap> {
        Some(&self.categories.get(*self.numbers.get(slug)? as usize)?.below)
    }

    /// Returns each category that has products of `rows` in or below it, with the number of those
    /// products.
    pub(super) fn counts_in(&self, rows: &RoaringBitmap) -> impl Iterator<Item = (&categories::Node, u64)> {
        self.categories
            .iter()
            .filter_map(|category| Some((category.node.as_ref()?, category.below.intersection_len(rows))))
            .filter(|(_, count)| *count > 0)
    }

    /// Returns each category with the number of products in or below it.
    pub(super) fn counts(&self) -> impl Iterator<Item = (categories::Node, u64)> {
        self.categories.iter().filter_map(|category| Some((category.node.clone()?, category.below.len())))
    }
}
