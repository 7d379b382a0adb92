//! The tree of categories, with the products in and below each.

use std::{
    collections::{HashMap, HashSet},
    mem,
    sync::Arc,
};

use estore_contract::text::Slug;
use roaring::{MultiOps, RoaringBitmap};

use super::row::Ticket;
use crate::store::categories::Node;

#[derive(Debug)]
struct Category {
    /// Absent if the store does not have the category (yet).
    node: Option<Node>,
    parent: Option<u32>,
    /// The latest read of it.
    read: Ticket,
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
        self.categories.push(Category { node: None, parent: None, read: 0, direct, below });
        number
    }

    /// Replaces the tree with the whole one in the store, as read under this ticket. Categories
    /// with a later read stay. Returns true if the tree changed.
    pub(super) fn replace(&mut self, nodes: Vec<Node>, ticket: Ticket) -> bool {
        let there: HashSet<&Slug> = nodes.iter().map(|node| &node.slug).collect();
        let slugs = self.categories.iter().filter_map(|category| Some(&category.node.as_ref()?.slug));
        let gone: Vec<Slug> = slugs.filter(|slug| !there.contains(slug)).cloned().collect();
        let gone = gone.into_iter().map(|slug| (slug, None));
        self.apply(gone.chain(nodes.into_iter().map(|node| (node.slug.clone(), Some(node)))), ticket)
    }

    /// Applies categories as read under this ticket. Those with a later read stay. Returns true if
    /// the tree changed. One moved category costs its depth. Several cost the size of the tree and
    /// of the products in it.
    pub(super) fn apply(
        &mut self,
        read: impl IntoIterator<Item = (Slug, Option<Node>)>,
        ticket: Ticket,
    ) -> bool {
        let (mut has_changed, mut moved) = (false, Vec::new());
        for (slug, node) in read {
            let number = self.number(slug.as_str());
            let parent = node.as_ref().and_then(|node| node.parent.as_ref());
            let parent = parent.map(|parent| self.number(parent.as_str()));
            let category = self.categories.get_mut(number as usize);
            let Some(category) = category.filter(|category| category.read < ticket) else { continue };
            category.read = ticket;
            has_changed |= category.node != node;
            category.node = node;
            let before = mem::replace(&mut category.parent, parent);
            if before != parent {
                moved.push((number, before, parent));
            }
        }
        match *moved {
            [] => {}
            [(number, before, after)] if self.carry(number, before, after) => {}
            _ => self.unite(),
        }
        has_changed
    }

    /// Moves the products of a category from the chain of one parent to that of another. Returns
    /// false in a circle, which a replica can see while it has applied one of two moves.
    fn carry(&mut self, number: u32, before: Option<u32>, after: Option<u32>) -> bool {
        let [before, after] = [before, after].map(|at| at.map_or_else(Vec::new, |at| self.chain(at)));
        if before.contains(&number) || after.contains(&number) {
            return false;
        }
        let moved =
            self.categories.get(number as usize).map_or_else(RoaringBitmap::new, |one| one.below.clone());
        // Each product is in one category alone, so no other one below brings it here.
        for at in before {
            if let Some(category) = self.categories.get_mut(at as usize) {
                category.below -= &moved;
            }
        }
        for at in after {
            if let Some(category) = self.categories.get_mut(at as usize) {
                category.below |= &moved;
            }
        }
        true
    }

    /// Computes the products in and below each category.
    fn unite(&mut self) {
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
    pub(super) fn counts_in(&self, rows: &RoaringBitmap) -> impl Iterator<Item = (&Node, u64)> {
        self.categories
            .iter()
            .filter_map(|category| Some((category.node.as_ref()?, category.below.intersection_len(rows))))
            .filter(|(_, count)| *count > 0)
    }

    /// Returns each category with the number of products in or below it.
    pub(super) fn counts(&self) -> impl Iterator<Item = (Node, u64)> {
        self.categories.iter().filter_map(|category| Some((category.node.clone()?, category.below.len())))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const CATEGORIES: usize = 6;

    fn slug(number: usize) -> Slug {
        Slug::try_from(format!("c{number}")).unwrap()
    }

    /// The parent of each category in a store, which allows no circle.
    #[derive(Default)]
    struct Store([Option<usize>; CATEGORIES]);

    impl Store {
        fn put(&mut self, number: usize, parent: Option<usize>) {
            let mut above = parent;
            while let Some(at) = above {
                if at == number {
                    return;
                }
                above = self.0[at];
            }
            self.0[number] = parent;
        }

        fn node(&self, number: usize) -> Node {
            let name = format!("C{number}").try_into().unwrap();
            Node { slug: slug(number), name, parent: self.0[number].map(slug) }
        }

        fn nodes(&self) -> Vec<Node> {
            (0..CATEGORIES).map(|number| self.node(number)).collect()
        }
    }

    proptest! {
        #[test]
        fn tree_read_in_parts_equals_the_whole(
            steps in prop::collection::vec((0..4_u8, 0..CATEGORIES, prop::option::of(0..CATEGORIES)), 1..60)
        ) {
            let (mut store, mut tree, mut rows) = (Store::default(), Tree::default(), Vec::new());
            tree.replace(store.nodes(), 1);
            for ((what, number, other), ticket) in steps.into_iter().zip(2..) {
                match what {
                    0 => store.put(number, other),
                    // A replica reads one category or two, and not always the one that moved last.
                    1 | 2 => {
                        let read = other.into_iter().filter(|other| *other != number).chain([number]);
                        tree.apply(read.map(|at| (slug(at), Some(store.node(at)))).collect::<Vec<_>>(), ticket);
                    }
                    _ => {
                        let category = tree.number(slug(number).as_str());
                        let row = u32::try_from(rows.len()).unwrap();
                        tree.insert(category, row);
                        rows.push((number, row));
                    }
                }
            }
            let mut whole = Tree::default();
            whole.replace(store.nodes(), 1);
            for (number, row) in rows {
                let category = whole.number(slug(number).as_str());
                whole.insert(category, row);
            }
            for number in 0..CATEGORIES {
                tree.apply([(slug(number), Some(store.node(number)))], 1000);
            }
            for number in 0..CATEGORIES {
                prop_assert_eq!(tree.members(slug(number).as_str()), whole.members(slug(number).as_str()));
            }
        }
    }

    #[test]
    fn older_read_changes_no_category() {
        let (mut store, mut tree) = (Store::default(), Tree::default());
        let older = store.nodes();
        store.put(0, Some(1));
        assert!(tree.apply([(slug(0), Some(store.node(0))), (slug(2), None)], 2));
        assert!(tree.replace(older, 1), "the others are new");
        let found: Vec<Node> = tree.counts().map(|(node, _)| node).collect();
        assert_eq!(found.len(), CATEGORIES - 1, "the removed one stays away");
        assert!(found.contains(&store.node(0)));
        assert!(!tree.apply([(slug(0), Some(store.node(0)))], 3), "nothing changed");
    }
}
