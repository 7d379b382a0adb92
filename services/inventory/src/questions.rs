//! Questions to the catalogue: the parameters of the product list, parsed and checked.

use std::collections::HashSet;

use estore_contract::{
    Currency, Limit, Money, Sku,
    inventory::ProductStatus,
    text::{Slug, Tag},
};
use estore_server::{Problem, cursor::Cursor};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use crate::{
    domain::{phrases, query_words},
    store::list::{Place, Question, SortKey},
};

/// A position in the list, and `true` if the list is descending.
pub(crate) const CURSOR: Cursor<(Place, bool)> = Cursor::of("products");

/// The last product of a page of archived ones.
pub(crate) const ARCHIVED: Cursor<Sku> = Cursor::of("archived products");

/// The query parameters of the product list: filters and order.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// Words that the product must all have in its name, description, SKU or tags. An empty text,
    /// or one without letters and digits, finds nothing; omit `q` to list everything. Case, accents
    /// and letter forms do not matter. A word also finds words that begin with it, and if there are
    /// none, words with one typo. Quoted words must occur as written, one after the other.
    #[param(max_length = 200)]
    pub(crate) q: Option<String>,
    /// The category that the product is in or below.
    pub(crate) category: Option<Slug>,
    /// Tags that the product must all have.
    #[serde(default)]
    pub(crate) tag: Vec<Tag>,
    /// The currency of its price. Use it together with prices: without it, amounts of all
    /// currencies are compared as numbers.
    pub(crate) currency: Option<Currency>,
    /// The lowest price, in minor units.
    #[param(minimum = 0, maximum = 999_999_999_999_i64)]
    pub(crate) min_price: Option<i64>,
    /// The highest price, in minor units.
    #[param(minimum = 0, maximum = 999_999_999_999_i64)]
    pub(crate) max_price: Option<i64>,
    /// If true, only products with units left.
    #[serde(default)]
    pub(crate) in_stock: bool,
    /// The order. The default is `relevance` if there are words, and otherwise `name`. `available`
    /// begins with the products of which the fewest units are left.
    pub(crate) sort: Option<Sort>,
    /// The most products on a page.
    #[serde(default)]
    pub(crate) limit: Limit,
    /// `next_cursor` of the previous page.
    pub(crate) cursor: Option<String>,
    /// The products to return, in this order and without those that are not for sale. Combine it
    /// with no other parameter.
    #[serde(default)]
    #[param(max_items = 100)]
    pub(crate) sku: Vec<Sku>,
    /// The sales status. `archived` is for admins: it lists by SKU, and combines only with `limit`
    /// and `cursor`.
    pub(crate) status: Option<ProductStatus>,
}

/// The most SKUs of one request.
const SKUS: usize = 100;

/// A list that is not a search of the products for sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Special {
    /// These products, each once.
    Named(Vec<Sku>),
    /// Archived products after a place.
    Archived(Option<Sku>),
}

impl Params {
    /// Returns the special list that `self` asks for, if any. Fails if there are parameters that
    /// such a list does not take.
    pub(crate) fn special(&self) -> Result<Option<Special>, Problem> {
        let is_archived = self.status == Some(ProductStatus::Archived);
        if self.sku.is_empty() && !is_archived {
            return Ok(None);
        }
        let named = !self.sku.is_empty();
        let given = [
            ("q", self.q.is_some()),
            ("category", self.category.is_some()),
            ("tag", !self.tag.is_empty()),
            ("currency", self.currency.is_some()),
            ("min_price", self.min_price.is_some()),
            ("max_price", self.max_price.is_some()),
            ("in_stock", self.in_stock),
            ("sort", self.sort.is_some()),
            ("cursor", named && self.cursor.is_some()),
            ("status", named && self.status.is_some()),
        ];
        if let Some((name, _)) = given.into_iter().find(|(_, is_given)| *is_given) {
            let other = if named { "sku" } else { "status=archived" };
            return Err(Problem::field(name, format!("must not be combined with {other}")));
        }
        if !named {
            return ARCHIVED.read(self.cursor.as_deref()).map(Special::Archived).map(Some);
        }
        if self.sku.len() > SKUS {
            return Err(Problem::field("sku", format!("must have at most {SKUS} items")));
        }
        let mut seen = HashSet::new();
        Ok(Some(Special::Named(self.sku.iter().filter(|sku| seen.insert(*sku)).cloned().collect())))
    }
}

/// An order of products.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub(crate) enum Sort {
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
    #[serde(rename = "available")]
    Scarcest,
}

/// Returns the question that `params` ask. Fails if a parameter is not valid.
pub(crate) fn question(params: Params) -> Result<Question, Problem> {
    if params.q.as_ref().is_some_and(|q| q.chars().count() > 200) {
        return Err(Problem::field("q", "must have at most 200 characters"));
    }
    for (name, price) in [("min_price", params.min_price), ("max_price", params.max_price)] {
        if price.is_some_and(|price| !(0..=Money::MAX).contains(&price)) {
            return Err(Problem::field(name, "must be an amount in minor units"));
        }
    }
    let words = params.q.as_deref().map(query_words).unwrap_or_default();
    let sort = match params.sort {
        Some(Sort::Cheapest) => (SortKey::Price, false),
        Some(Sort::Dearest) => (SortKey::Price, true),
        Some(Sort::Oldest) => (SortKey::CreatedAt, false),
        Some(Sort::Newest) => (SortKey::CreatedAt, true),
        Some(Sort::Scarcest) => (SortKey::Available, false),
        Some(Sort::Relevance) | None if !words.is_empty() => (SortKey::Relevance, true),
        Some(Sort::Name | Sort::Relevance) | None => (SortKey::Name, false),
    };
    // A cursor is a position in one order, and has no meaning in another.
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
