//! Pages of products: one round trip each.

use std::collections::HashMap;

use estore_contract::{
    Sku,
    inventory::Product,
    text::{Slug, Tag},
};
use estore_kit::redis::{Redis, fcall_ro};
use redis::{FromRedisValue, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{TAG, catalog};
use crate::Error;

/// By what a list is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// Its name, folded.
    Name,
    /// What it costs.
    Price,
    /// When it came.
    CreatedAt,
    /// How well it fits the words.
    Relevance,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Question {
    /// Words, all of which it has.
    pub words: Vec<String>,
    /// The category that it is in or below.
    pub category: Option<Slug>,
    /// Tags, all of which it has.
    pub tags: Vec<Tag>,
    /// Minor units, at least.
    pub min_price: Option<i64>,
    /// Minor units, at most.
    pub max_price: Option<i64>,
    /// Whether some are left.
    pub in_stock: bool,
    /// By what, and whether the largest comes first.
    pub sort: (SortKey, bool),
    /// How many.
    pub limit: usize,
    /// Where the page before ended.
    pub after: Option<Place>,
}

/// Where a page ended: the product's SKU and what it was sorted by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place(pub String, pub serde_json::Value);

/// A page, and where the next begins.
pub async fn read(redis: &Redis, question: &Question) -> Result<(Vec<Product>, Option<Place>), Error> {
    let set = |key: String| json!({"kind": "set", "key": key});
    let mut filters: Vec<_> =
        question.words.iter().map(|word| json!({"kind": "word", "key": format!("{TAG}:w:{word}")})).collect();
    filters.extend(question.category.iter().map(|slug| set(format!("{TAG}:s:cat:{slug}"))));
    filters.extend(question.tags.iter().map(|tag| set(format!("{TAG}:s:tag:{tag}"))));
    filters.extend(question.in_stock.then(|| set(format!("{TAG}:s:in_stock"))));
    let (after_sku, after_value) = question.after.clone().map(|Place(sku, value)| (sku, value)).unzip();
    let mut ask = json!({"filters": filters, "sort": question.sort.0, "descending": question.sort.1, "limit": question.limit});
    let optional = [
        ("min", question.min_price.map(Into::into)),
        ("max", question.max_price.map(Into::into)),
        ("after_sku", after_sku.map(Into::into)),
        ("after_value", after_value),
    ];
    if let Some(object) = ask.as_object_mut() {
        // Left out rather than null: null is a value of its own in Lua.
        object.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    let rows: Vec<Value> =
        fcall_ro("inv1_list", TAG).arg(ask.to_string()).query_async(&mut redis.connection()).await?;
    let mut rows = rows.into_iter();
    let place: Vec<String> = rows
        .next()
        .map(Vec::from_redis_value)
        .transpose()
        .map_err(redis::RedisError::from)?
        .unwrap_or_default();
    let mut products = Vec::with_capacity(rows.len());
    for row in rows {
        let (sku, hash) =
            <(String, HashMap<String, String>)>::from_redis_value(row).map_err(redis::RedisError::from)?;
        let sku: Sku = sku.parse().map_err(|_| Error::Unexpected(format!("SKU {sku}")))?;
        products.push(catalog::product(sku, &hash)?);
    }
    Ok((products, next(question.sort.0, place)))
}

fn next(sort: SortKey, place: Vec<String>) -> Option<Place> {
    let [sku, value]: [String; 2] = place.try_into().ok()?;
    let value = match sort {
        SortKey::Name => json!(value),
        _ => json!(value.parse::<i64>().ok()?),
    };
    Some(Place(sku, value))
}
