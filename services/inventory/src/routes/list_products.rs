//! `GET /products`.

use axum::{extract::State, response::Response};
use estore_contract::{
    ErrorBody, Limit, Page,
    inventory::Product,
    text::{Slug, Tag},
};
use estore_kit::{
    Problem,
    cursor::Cursor,
    extract::{IfNoneMatch, Query},
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::cached;
use crate::{
    app::App,
    browser::Browser,
    domain::query_words,
    store::list::{self, Place, Question, SortKey},
};

/// A place, and whether the list descends.
const CURSOR: Cursor<(Place, bool)> = Cursor::of("products");

/// Which products, and in which order.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// Words in name, description, SKU and tags, all of which it has. A text without letters and digits finds nothing, an empty
    /// one included; leave `q` out to list everything. Case, accents and the form of a letter do not matter.
    #[param(max_length = 200)]
    q: Option<String>,
    /// The category that it is in or below.
    category: Option<Slug>,
    /// Tags, all of which it has.
    #[serde(default)]
    tag: Vec<Tag>,
    /// Minor units, at least.
    #[param(minimum = 0, maximum = 999_999_999_999_i64)]
    min_price: Option<i64>,
    /// Minor units, at most.
    #[param(minimum = 0, maximum = 999_999_999_999_i64)]
    max_price: Option<i64>,
    /// Whether some are left.
    #[serde(default)]
    in_stock: bool,
    /// By what; `relevance` is the default where there are words, else `name`.
    sort: Option<Sort>,
    /// How many.
    #[serde(default)]
    limit: Limit,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// An order of products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
enum Sort {
    #[serde(rename = "name")]
    Name,
    #[serde(rename = "price")]
    Cheapest,
    #[serde(rename = "-price")]
    Dearest,
    #[serde(rename = "created_at")]
    Oldest,
    #[serde(rename = "-created_at")]
    Newest,
    #[serde(rename = "relevance")]
    Relevance,
}

/// Products for sale. A page may be shorter than asked for and still have a next one.
#[utoipa::path(get, path = "/products", tag = "catalogue", security(("bearer" = [])), params(Params), responses(
    (status = 200, description = "Products", body = Page<Product>),
    (status = 304, description = "As in `If-None-Match`"),
    (status = 401, description = "No good access token", body = ErrorBody),
    (status = 422, description = "A field or parameter is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Nothing was done, or `outcome_unknown`: try again", body = ErrorBody),
))]
pub(super) async fn list_products(
    State(app): State<App>,
    _browser: Browser,
    known: IfNoneMatch,
    Query(params): Query<Params>,
) -> Result<Response, Problem> {
    let is_search = params.q.is_some();
    let question = question(params)?;
    // Without words there is nothing to look for: that is not the same as no question.
    let (items, place) = if is_search && question.words.is_empty() {
        (Vec::new(), None)
    } else {
        list::read(&app.redis, &question).await?
    };
    let next_cursor = place.map(|place| CURSOR.encode(&(place, question.sort.1)));
    cached::answer_hashed(&known, Page { items, next_cursor })
}

fn question(params: Params) -> Result<Question, Problem> {
    if params.q.as_ref().is_some_and(|q| q.chars().count() > 200) {
        return Err(Problem::field("q", "must have at most 200 characters"));
    }
    for (name, price) in [("min_price", params.min_price), ("max_price", params.max_price)] {
        if price.is_some_and(|price| !(0..=estore_contract::Money::MAX).contains(&price)) {
            return Err(Problem::field(name, "must be an amount in minor units"));
        }
    }
    let words = params.q.as_deref().map(query_words).unwrap_or_default();
    let sort = match params.sort {
        Some(Sort::Cheapest) => (SortKey::Price, false),
        Some(Sort::Dearest) => (SortKey::Price, true),
        Some(Sort::Oldest) => (SortKey::CreatedAt, false),
        Some(Sort::Newest) => (SortKey::CreatedAt, true),
        Some(Sort::Relevance) | None if !words.is_empty() => (SortKey::Relevance, true),
        Some(Sort::Name | Sort::Relevance) | None => (SortKey::Name, false),
    };
    // A cursor is a place in one order; in another it means nothing.
    let after = match CURSOR.read(params.cursor.as_deref())? {
        Some((place, descending)) if (place.0.key(), descending) == sort => Some(place),
        Some(_) => return Err(Problem::field("cursor", "is not a cursor of this list")),
        None => None,
    };
    Ok(Question {
        words,
        category: params.category,
        tags: params.tag,
        min_price: params.min_price,
        max_price: params.max_price,
        in_stock: params.in_stock,
        sort,
        limit: params.limit.get(),
        after,
    })
}
