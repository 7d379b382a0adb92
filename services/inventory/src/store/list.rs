//! Pages of products from the store: for while a replica's own index cannot answer, and to judge that by.

use estore_contract::{
    Currency, Sku,
    inventory::{Product, ProductStatus},
    text::{Slug, Tag},
};
use estore_kit::redis::{Redis, fcall_ro};
use redis::{FromRedisValue, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{TAG, catalog};
use crate::{Error, domain::Phrase};

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
    /// Those of them that follow each other. The store knows nothing of that, and finds whatever has the words.
    pub phrases: Vec<Phrase>,
    /// The category that it is in or below.
    pub category: Option<Slug>,
    /// Tags, all of which it has.
    pub tags: Vec<Tag>,
    /// The currency of its price.
    pub currency: Option<Currency>,
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

/// Where a page ended: the value that its last product was sorted by, and the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place(pub SortValue, pub Sku);

/// What a product is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortValue {
    /// Its name, folded.
    Name(SortName),
    /// Minor units.
    Price(Whole),
    /// Milliseconds since 1970.
    CreatedAt(Whole),
    /// How well it fits the words.
    Relevance(Whole),
}

/// A whole number that a store's doubles hold exactly; never negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Whole(u64);

impl TryFrom<u64> for Whole {
    type Error = &'static str;

    fn try_from(number: u64) -> Result<Self, Self::Error> {
        if number < 1 << f64::MANTISSA_DIGITS { Ok(Self(number)) } else { Err("is too large") }
    }
}

impl From<Whole> for u64 {
    fn from(Whole(number): Whole) -> Self {
        number
    }
}

impl Whole {
    /// A number that a store's doubles hold exactly, as the nearest one that is.
    #[must_use]
    pub fn of(number: i64) -> Self {
        Self(number.unsigned_abs().min((1 << f64::MANTISSA_DIGITS) - 1))
    }
}

/// A folded name. NUL ends it in the index, so it has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SortName(String);

impl TryFrom<String> for SortName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        if name.contains('\0') { Err("has a NUL") } else { Ok(Self(name)) }
    }
}

impl SortName {
    /// The name that products are sorted by.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<SortName> for String {
    fn from(SortName(name): SortName) -> Self {
        name
    }
}

impl SortValue {
    /// By what a list with such values is sorted.
    #[must_use]
    pub const fn key(&self) -> SortKey {
        match self {
            Self::Name(_) => SortKey::Name,
            Self::Price(_) => SortKey::Price,
            Self::CreatedAt(_) => SortKey::CreatedAt,
            Self::Relevance(_) => SortKey::Relevance,
        }
    }

    fn parse(key: SortKey, text: &str) -> Option<Self> {
        let whole = || -> Option<Whole> { text.parse::<u64>().ok()?.try_into().ok() };
        Some(match key {
            SortKey::Name => Self::Name(text.to_owned().try_into().ok()?),
            SortKey::Price => Self::Price(whole()?),
            SortKey::CreatedAt => Self::CreatedAt(whole()?),
            SortKey::Relevance => Self::Relevance(whole()?),
        })
    }

    fn json(self) -> serde_json::Value {
        match self {
            Self::Name(SortName(name)) => name.into(),
            Self::Price(Whole(n)) | Self::CreatedAt(Whole(n)) | Self::Relevance(Whole(n)) => n.into(),
        }
    }
}

/// How many calls one page may take. Each holds the server for less than a millisecond; all of them look at some thousand products.
const CALLS: usize = 20;

/// A page, and where the next begins.
pub async fn read(redis: &Redis, question: &Question) -> Result<(Vec<Product>, Option<Place>), Error> {
    let (mut skus, mut place): (Vec<Sku>, _) = (Vec::new(), question.after.clone());
    for _ in 0..CALLS {
        let (found, next) = part(redis, question, question.limit - skus.len(), place).await?;
        skus.extend(found);
        place = next;
        if place.is_none() || skus.len() >= question.limit {
            break;
        }
    }
    // What was archived between the two reads is for sale no longer.
    let products = catalog::read_many(redis, &skus).await?.into_iter().flatten();
    Ok((products.filter(|product| product.status == ProductStatus::Active).collect(), place))
}

/// As much of a page as one call finds.
async fn part(
    redis: &Redis,
    question: &Question,
    limit: usize,
    after: Option<Place>,
) -> Result<(Vec<Sku>, Option<Place>), Error> {
    let set = |key: String| json!({"kind": "set", "key": key});
    let mut filters: Vec<_> =
        question.words.iter().map(|word| json!({"kind": "word", "key": format!("{TAG}:w:{word}")})).collect();
    filters.extend(question.category.iter().map(|slug| set(format!("{TAG}:s:cat:{slug}"))));
    filters.extend(question.tags.iter().map(|tag| set(format!("{TAG}:s:tag:{tag}"))));
    filters.extend(question.in_stock.then(|| set(format!("{TAG}:s:in_stock"))));
    let (after_value, after_sku) = after.map(|Place(value, sku)| (value.json(), sku.to_string())).unzip();
    let mut ask =
        json!({"filters": filters, "sort": question.sort.0, "descending": question.sort.1, "limit": limit});
    let optional = [
        ("min", question.min_price.map(Into::into)),
        ("max", question.max_price.map(Into::into)),
        ("currency", question.currency.map(|currency| currency.code().into())),
        ("after_sku", after_sku.map(Into::into)),
        ("after_value", after_value),
    ];
    if let Some(object) = ask.as_object_mut() {
        // Left out rather than null: null is a value of its own in Lua.
        object.extend(optional.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
    }
    let mut call = fcall_ro("inv1_list", TAG);
    call.arg(ask.to_string()).arg("skus");
    let rows: Vec<Value> = call.query_async(&mut redis.connection()).await?;
    let mut rows = rows.into_iter();
    let place: Vec<String> = rows
        .next()
        .map(Vec::from_redis_value)
        .transpose()
        .map_err(redis::RedisError::from)?
        .unwrap_or_default();
    let mut skus = Vec::with_capacity(rows.len());
    for row in rows {
        let sku = String::from_redis_value(row).map_err(redis::RedisError::from)?;
        skus.push(sku.parse().map_err(|_| Error::Unexpected(format!("SKU {sku}")))?);
    }
    Ok((skus, next(question.sort.0, &place)?))
}

fn next(sort: SortKey, place: &[String]) -> Result<Option<Place>, Error> {
    let [sku, value] = place else { return Ok(None) };
    let place = SortValue::parse(sort, value).zip(sku.parse().ok()).map(|(value, sku)| Place(value, sku));
    place.map(Some).ok_or_else(|| Error::Unexpected(format!("place of {sku}")))
}
