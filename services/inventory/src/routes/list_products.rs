//! `GET /products`.

use axum::{extract::State, response::Response};
use estore_contract::{
    ErrorBody, Page, Sku,
    inventory::{Product, ProductStatus},
};
use estore_server::{
    Problem,
    extract::{IfNoneMatch, Query},
};

use crate::{
    app::App,
    browser::Browser,
    cached,
    catalogue::{Extra, Listed, page_tag},
    questions::{ARCHIVED, CURSOR, Params, Special, question},
    store::{
        archived, catalog,
        list::{self, Place},
    },
};

/// The number of times that the index is asked for a page. The second time supplies the JSON that
/// it lacked, the third covers a change meanwhile.
const TRIES: usize = 3;

/// Lists products for sale.
///
/// A page may be shorter than `limit` and still have a next page. The order `available` needs the
/// index of this replica: while that loads, the answer is 503.
#[utoipa::path(get, path = "/products", tag = "catalogue", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "Products", body = Page<Product>),
    (status = 304, description = "The ETag matches `If-None-Match`"),
    (status = 403, description = "Only an admin may list archived products", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done, or the catalogue is being loaded: try again", body = ErrorBody),
))]
pub(super) async fn list_products(
    State(app): State<App>,
    browser: Browser,
    known: IfNoneMatch,
    Query(params): Query<Params>,
) -> Result<Response, Problem> {
    match params.special()? {
        Some(Special::Named(skus)) => return list_named(&app, &known, &skus).await,
        Some(Special::Archived(after)) => {
            browser.require_admin()?;
            let (items, place) = archived::read(&app.redis, params.limit.get(), after.as_ref()).await?;
            return page(&known, items, place.map(|place| ARCHIVED.encode(&place)));
        }
        None => {}
    }
    let is_search = params.q.is_some();
    let question = question(params)?;
    let cursor = |place: Place| CURSOR.encode(&(place, question.sort.1));
    // A search without words finds nothing. This differs from a list without a search.
    let (items, place) = if is_search && question.words.is_empty() {
        (Vec::new(), None)
    } else {
        let mut extra = Extra::new();
        for _ in 0..TRIES {
            match app.catalogue.list(&question, cursor, |tag| known.has(tag), &extra) {
                Some(Listed::Known(tag)) => return cached::answer_ready(&known, Vec::new, &tag),
                Some(Listed::Page(tag, body)) => return cached::answer_ready(&known, || body, &tag),
                Some(Listed::Missing(skus)) => extra.extend(app.catalogue.extra(&app.redis, &skus).await?),
                None => break,
            }
        }
        list::read(&app.redis, &question).await?
    };
    page(&known, items, place.map(cursor))
}

/// Reads the products with these SKUs from the store, so that a basket shows the prices of now.
async fn list_named(app: &App, known: &IfNoneMatch, skus: &[Sku]) -> Result<Response, Problem> {
    let products = catalog::read_many(&app.redis, skus).await?.into_iter().flatten();
    let items = products.filter(|product| product.status == ProductStatus::Active).collect();
    page(known, items, None)
}

fn page(known: &IfNoneMatch, items: Vec<Product>, next_cursor: Option<String>) -> Result<Response, Problem> {
    let tag = page_tag(&items, next_cursor.as_deref());
    cached::answer(known, Page { items, next_cursor }, &tag)
}
