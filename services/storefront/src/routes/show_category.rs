//! `GET /categories/{slug}`: the products of a category.

use axum::{
    extract::{Path, RawQuery, State},
    response::Response,
};
use estore_contract::text::Slug;
use tokio::join;

use crate::{
    Error,
    app::App,
    catalogue::path_to,
    pages::{
        Frame,
        listing::{self, Params},
    },
    web::Visitor,
};

pub(super) async fn show(
    State(app): State<App>,
    visitor: Visitor,
    Path(slug): Path<String>,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let slug = Slug::try_from(slug).map_err(|_| Error::NotFound)?;
    let params = Params { category: slug.as_str().to_owned(), ..Params::read(query.as_deref()) };
    let (question, left_out) = params.question(visitor.locale);
    let inventory = visitor.inventory();
    let (tree, products, facets) = join!(
        app.categories.tree_with(&slug, &visitor),
        inventory.products(&question),
        inventory.facets(&question)
    );
    let tree = tree?;
    let crumbs = path_to(&tree.items, &slug);
    let title = crumbs.last().ok_or(Error::NotFound)?.name.as_str();
    listing::show(&visitor, Frame::new(&visitor, title), params, crumbs, left_out, (products, facets))
}
