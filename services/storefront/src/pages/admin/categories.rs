//! The tree of categories, with a form for each.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_contract::inventory::Category;

use super::{Choice, Section, product_page::choices};
use crate::{
    Error,
    pages::{Frame, Tone, show_with},
    web::Visitor,
};

#[derive(Template)]
#[template(path = "admin/categories.html")]
struct CategoriesPage {
    page: Frame,
    section: Section,
    rows: Vec<Row>,
    parents: Vec<Choice>,
    sent: Sent,
}

/// A category in the tree.
struct Row {
    slug: String,
    name: String,
    count: u64,
    /// The number of categories above it, with its own.
    depth: usize,
    /// The categories that it can lie below.
    parents: Vec<Choice>,
    has_children: bool,
}

/// The form of a new category, as a visitor sent it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sent {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) parent: String,
}

/// Shows the tree, with the reason for which a form is shown again.
pub(crate) async fn show(
    visitor: &Visitor,
    sent: Sent,
    reason: Option<(StatusCode, String)>,
) -> Result<Response, Error> {
    let tree = visitor.inventory().categories().await?;
    let mut page = Frame::titled(visitor, |t| t.admin.catalogue.title);
    let status = reason.as_ref().map_or(StatusCode::OK, |(status, _)| *status);
    if let Some((_, reason)) = reason {
        page.notice(Tone::Bad, reason);
    }
    let mut rows = Vec::new();
    for category in &tree.items {
        add(category, "", 1, &tree.items, &mut rows);
    }
    let parents = choices(&tree.items, &sent.parent);
    show_with(status, visitor, &CategoriesPage { page, section: Section::Categories, rows, parents, sent })
}

fn add(category: &Category, parent: &str, depth: usize, tree: &[Category], rows: &mut Vec<Row>) {
    let own = below(category);
    rows.push(Row {
        slug: category.slug.to_string(),
        name: category.name.to_string(),
        count: category.count,
        depth,
        parents: choices(tree, parent).into_iter().filter(|choice| !own.contains(&&*choice.value)).collect(),
        has_children: !category.children.is_empty(),
    });
    for child in &category.children {
        add(child, category.slug.as_str(), depth + 1, tree, rows);
    }
}

/// Returns a category and those below it. It cannot lie below any of them.
fn below(category: &Category) -> Vec<&str> {
    let children = category.children.iter().flat_map(below);
    std::iter::once(category.slug.as_str()).chain(children).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn category_cannot_lie_below_itself() {
        let tree: Vec<Category> = serde_json::from_value(json!([
            {"slug": "a", "name": "A", "count": 0, "children": [
                {"slug": "b", "name": "B", "count": 0, "children": []}
            ]},
            {"slug": "c", "name": "C", "count": 0, "children": []}
        ]))
        .unwrap();
        let mut rows = Vec::new();
        for category in &tree {
            add(category, "", 1, &tree, &mut rows);
        }
        let offered = |at: usize| -> Vec<&str> {
            rows[at].parents.iter().map(|choice| choice.value.as_str()).collect()
        };
        assert_eq!((offered(0), offered(1), offered(2)), (vec!["c"], vec!["a", "c"], vec!["a", "b"]));
        let chosen: Vec<bool> = rows[1].parents.iter().map(|choice| choice.is_chosen).collect();
        assert_eq!((chosen, rows[1].depth), (vec![true, false], 2));
    }
}
