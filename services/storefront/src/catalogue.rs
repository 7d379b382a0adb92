//! The categories, whose names many pages show.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use estore_contract::{
    inventory::{Category, CategoryBody, CategoryTree},
    text::Slug,
};
use moka::future::Cache;

use crate::{api::ApiError, web::Visitor};

/// The time for which the tree is kept. Its counts may lag behind for as long.
const KEPT: Duration = Duration::from_secs(30);
/// The age from which the tree is read again for a category that it lacks. Anybody can ask for
/// categories that do not exist.
const STALE: Duration = Duration::from_secs(1);

/// The tree of categories, as last read, and the time of that.
pub(crate) struct Categories(Cache<(), (Instant, Arc<CategoryTree>)>);

impl Categories {
    pub(crate) fn new() -> Self {
        Self(Cache::builder().max_capacity(1).time_to_live(KEPT).build())
    }

    /// Returns the tree. Show it only to visitors who may read the catalogue.
    pub(crate) async fn tree(&self, visitor: &Visitor) -> Result<Arc<CategoryTree>, ApiError> {
        match self.0.get(&()).await {
            Some((_, kept)) => Ok(kept),
            None => self.read(visitor).await,
        }
    }

    /// Returns the tree for the page of a category, which may be younger than the kept tree.
    pub(crate) async fn tree_with(
        &self,
        slug: &Slug,
        visitor: &Visitor,
    ) -> Result<Arc<CategoryTree>, ApiError> {
        match self.0.get(&()).await {
            Some((at, kept)) if at.elapsed() < STALE || !path_to(&kept.items, slug).is_empty() => Ok(kept),
            _ => self.read(visitor).await,
        }
    }

    async fn read(&self, visitor: &Visitor) -> Result<Arc<CategoryTree>, ApiError> {
        // Visitors do not share one read: it may be refused for the session or the rate of one.
        let tree = Arc::new(visitor.inventory().categories().await?);
        self.0.insert((), (Instant::now(), tree.clone())).await;
        Ok(tree)
    }
}

/// Returns the category `slug` after the categories that it is in, outermost first. Empty if there
/// is no such category.
pub(crate) fn path_to<'a>(categories: &'a [Category], slug: &Slug) -> Vec<&'a Category> {
    for category in categories {
        if category.slug == *slug {
            return vec![category];
        }
        let below = path_to(&category.children, slug);
        if !below.is_empty() {
            return [vec![category], below].concat();
        }
    }
    Vec::new()
}

/// Returns the name and the parent of the category `slug`, or `None` if there is no such category.
pub(crate) fn standing(categories: &[Category], slug: &Slug) -> Option<CategoryBody> {
    let path = path_to(categories, slug);
    let [above @ .., category] = path.as_slice() else { return None };
    let parent = above.last().map(|parent| parent.slug.clone());
    Some(CategoryBody { name: category.name.clone(), parent })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn category(name: &str, children: Vec<Category>) -> Category {
        let text = name.to_owned();
        Category {
            slug: Slug::kept(text.clone()),
            name: estore_contract::text::Title::kept(text),
            count: 0,
            children,
        }
    }

    #[test]
    fn path_names_every_category_above() {
        let tree = [category("a", vec![]), category("b", vec![category("c", vec![category("d", vec![])])])];
        let path = |slug: &str| {
            let path = path_to(&tree, &Slug::kept(slug.to_owned()));
            path.iter().map(|category| category.slug.as_str()).collect::<Vec<_>>().join("/")
        };
        assert_eq!([path("d"), path("a"), path("x")], ["b/c/d", "a", ""]);
    }

    #[test]
    fn category_stands_below_its_parent() {
        let tree = [category("a", vec![category("b", vec![category("c", vec![])])])];
        let parent = |slug: &str| {
            let found = standing(&tree, &Slug::kept(slug.to_owned()));
            found.map(|found| found.parent.map(|parent| parent.to_string()))
        };
        assert_eq!([parent("c"), parent("a"), parent("x")], [Some(Some("b".to_owned())), Some(None), None]);
    }
}
