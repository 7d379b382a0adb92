//! Counts of the products in a list: in all, and for each filter that can narrow the list.

use estore_contract::inventory::{CategoryCount, CurrencyCount, Facets};

use super::{index::Index, views::tag_counts};
use crate::store::list::Question;

impl Index {
    /// Returns the facets of the list for a question. Each costs one count of a set.
    pub(super) fn facets(&self, question: &Question) -> Facets {
        let rows = self.fitting(question);
        let categories = self.tree.counts_in(&rows);
        let mut categories: Vec<CategoryCount> = categories
            .map(|(node, count)| CategoryCount { slug: node.slug.clone(), name: node.name.clone(), count })
            .collect();
        let mut currencies: Vec<CurrencyCount> = self
            .currencies
            .counts_in(&rows)
            .filter_map(|(code, count)| Some(CurrencyCount { currency: code.parse().ok()?, count }))
            .collect();
        categories.sort_by(|one, other| one.slug.as_str().cmp(other.slug.as_str()));
        currencies.sort_by(|one, other| one.currency.code().cmp(other.currency.code()));
        Facets {
            total: rows.len(),
            in_stock: rows.intersection_len(&self.in_stock),
            categories,
            tags: tag_counts(self.tags.counts_in(&rows)),
            currencies,
        }
    }
}
