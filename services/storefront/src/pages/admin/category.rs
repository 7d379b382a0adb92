//! One category, with the form that renames or moves it.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_contract::{inventory::Category, text::Slug};

use super::{Choice, Section, product_page::choices};
use crate::{
    Error,
    catalogue::path_to,
    pages::{Frame, Tone, show_with},
    web::Visitor,
};

#[derive(Template)]
#[template(path = "admin/category.html")]
struct CategoryPage {
    page: Frame,
    section: Section,
    slug: String,
    count: u64,
    has_children: bool,
    sent: Sent,
    /// The categories that it can lie below.
    parents: Vec<Choice>,
}

/// The form of a category, as a visitor sent it.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    pub(crate) name: String,
    pub(crate) parent: String,
    /// The name and the parent of the category that the form showed.
    pub(crate) was_name: String,
    pub(crate) was_parent: String,
}

/// Shows a category. `sent` is the form that is shown again, with the reason.
pub(crate) async fn show(
    visitor: &Visitor,
    slug: &Slug,
    sent: Option<(StatusCode, Sent, String)>,
) -> Result<Response, Error> {
    let tree = visitor.inventory().categories().await?;
    let path = path_to(&tree.items, slug);
    let [above @ .., category] = path.as_slice() else { return Err(Error::NotFound) };
    let mut page = Frame::new(visitor, category.name.as_str());
    let (status, sent) = if let Some((status, sent, reason)) = sent {
        page.notice(Tone::Bad, reason);
        (status, sent)
    } else {
        let parent = above.last().map(|parent| parent.slug.to_string()).unwrap_or_default();
        let name = category.name.to_string();
        let (was_name, was_parent) = (name.clone(), parent.clone());
        (StatusCode::OK, Sent { name, parent, was_name, was_parent })
    };
    let shown = CategoryPage {
        page,
        section: Section::Categories,
        slug: slug.to_string(),
        count: category.count,
        has_children: !category.children.is_empty(),
        parents: parents(&tree.items, category, &sent.parent),
        sent,
    };
    show_with(status, visitor, &shown)
}

/// Returns the categories that `category` can lie below: all but itself and those below it.
fn parents(tree: &[Category], category: &Category, chosen: &str) -> Vec<Choice> {
    let own = below(category);
    choices(tree, chosen).into_iter().filter(|choice| !own.contains(&&*choice.value)).collect()
}

/// Returns a category and those below it.
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
        let offered = |category: &Category, chosen: &str| -> Vec<(String, bool)> {
            parents(&tree, category, chosen)
                .into_iter()
                .map(|choice| (choice.value, choice.is_chosen))
                .collect()
        };
        let named = |slug: &str, is_chosen: bool| (slug.to_owned(), is_chosen);
        assert_eq!(offered(&tree[0], ""), [named("c", false)]);
        assert_eq!(offered(&tree[0].children[0], "a"), [named("a", true), named("c", false)]);
        assert_eq!(offered(&tree[1], ""), [named("a", false), named("b", false)]);
    }
}
