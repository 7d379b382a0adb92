//! `GET /facets`.

use axum::{extract::State, response::Response};
use estore_contract::{
    Currency, ErrorBody, Limit,
    inventory::Facets,
    text::{Slug, Tag},
};
use estore_server::{
    Problem,
    extract::{IfNoneMatch, Query},
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    Error,
    app::App,
    browser::Browser,
    cached,
    questions::{self, question},
};

/// The filters of the product list.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// Words, as in `GET /products`.
    #[param(max_length = 200)]
    q: Option<String>,
    /// The category that the products are in or below.
    category: Option<Slug>,
    /// Tags that each product must all have.
    #[serde(default)]
    tag: Vec<Tag>,
    /// The currency of the prices.
    currency: Option<Currency>,
    /// The lowest price, in minor units.
    #[param(minimum = 0, maximum = 999_999_999_999_i64)]
    min_price: Option<i64>,
    /// The highest price, in minor units.
    #[param(minimum = 0, maximum = 999_999_999_999_i64)]
    max_price: Option<i64>,
    /// If true, only products with units left.
    #[serde(default)]
    in_stock: bool,
}

impl From<Params> for questions::Params {
    fn from(Params { q, category, tag, currency, min_price, max_price, in_stock }: Params) -> Self {
        let (sort, limit, cursor) = (None, Limit::default(), None);
        let (sku, status) = (Vec::new(), None);
        Self { q, category, tag, currency, min_price, max_price, in_stock, sort, limit, cursor, sku, status }
    }
}

/// Counts the products of a list in all, and by category, tag and currency.
///
/// Each count is that of the list narrowed by the category, tag or currency as well.
#[utoipa::path(get, path = "/facets", tag = "catalogue", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "The counts", body = Facets),
    (status = 304, description = "The ETag matches `If-None-Match`"),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done, or the catalogue is being loaded: try again", body = ErrorBody),
))]
pub(super) async fn list_facets(
    State(app): State<App>,
    _browser: Browser,
    known: IfNoneMatch,
    Query(params): Query<Params>,
) -> Result<Response, Problem> {
    let is_search = params.q.is_some();
    let question = question(params.into())?;
    // A search without words finds nothing.
    let facets = if is_search && question.words.is_empty() {
        Facets::default()
    } else {
        let facets = app.catalogue.facets(&question);
        facets.ok_or(Error::NotIndexed)?
    };
    cached::answer_hashed(&known, facets)
}
