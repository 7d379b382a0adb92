//! `GET /products`.

use axum::{extract::State, response::Response};
use estore_contract::{
    Currency, ErrorBody, Limit, Page,
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
    catalogue::{Extra, Listed, page_tag},
    domain::{phrases, query_words},
    store::list::{self, Place, Question, SortKey},
};

/// A place, and whether the list descends.
const CURSOR: Cursor<(Place, bool)> = Cursor::of("products");

/// How often the index is asked for a page: once more with the JSON that it lacked, and once more if that changed meanwhile.
const TRIES: usize = 3;

/// Which products, and in which order.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Params {
    /// Words in name, description, SKU and tags, all of which it has. A text without letters and digits finds nothing, an empty
    /// one included; leave `q` out to list everything. Case, accents and the form of a letter do not matter. A word also finds words
    /// that begin with it, and if there is none, words that differ by one letter. Words in quotes are found as they are, following each
    /// other.
    #[param(max_length = 200)]
    q: Option<String>,
    /// The category that it is in or below.
    category: Option<Slug>,
    /// Tags, all of which it has.
    #[serde(default)]
    tag: Vec<Tag>,
    /// The currency of its price. Give it with prices: without, amounts of all currencies are compared as numbers.
    currency: Option<Currency>,
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
    let cursor = |place: Place| CURSOR.encode(&(place, question.sort.1));
    // Without words there is nothing to look for: that is not the same as no question.
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
    let next_cursor = place.map(cursor);
    let tag = page_tag(&items, next_cursor.as_deref());
    cached::answer(&known, Page { items, next_cursor }, &tag)
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
        phrases: params.q.as_deref().map(phrases).unwrap_or_default(),
        category: params.category,
        tags: params.tag,
        currency: params.currency,
        min_price: params.min_price,
        max_price: params.max_price,
        in_stock: params.in_stock,
        sort,
        limit: params.limit.get(),
        after,
    })
}
