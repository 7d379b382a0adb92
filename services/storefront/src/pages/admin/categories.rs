//! The tree of categories, and the form of a new one.

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
}

/// The form of a new category, as a visitor sent it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sent {
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) parent: String,
}

/// Shows the tree, with the reason for which the form is shown again.
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
    add(&tree.items, 1, &mut rows);
    let parents = choices(&tree.items, &sent.parent);
    show_with(status, visitor, &CategoriesPage { page, section: Section::Categories, rows, parents, sent })
}

fn add(categories: &[Category], depth: usize, rows: &mut Vec<Row>) {
    for category in categories {
        rows.push(Row {
            slug: category.slug.to_string(),
            name: category.name.to_string(),
            count: category.count,
            depth,
        });
        add(&category.children, depth + 1, rows);
    }
}
