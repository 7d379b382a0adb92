//! Pages of products from the store. They serve requests while a replica's own index cannot answer,
//! and check the index in tests.

use estore_contract::{
    Currency, Sku,
    inventory::{Product, ProductStatus},
    text::{Slug, Tag},
};
use estore_stores::redis::{Redis, fcall_ro};
use redis::{FromRedisValue, Value};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{TAG, catalog};
use crate::{Error, domain::Phrase};

/// The value that a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortKey {
    /// The folded name.
    Name,
    Price,
    /// The time of creation.
    CreatedAt,
    /// The score for the words of the search.
    Relevance,
    /// The units that are left. Only an index has this order.
    Available,
}

/// The filters, order and size of a page.
#[derive(Debug, Clone)]
pub struct Question {
    /// Words that a product must all have.
    pub words: Vec<String>,
    /// Phrases of these words. The store does not know phrases, and finds every product that has
    /// the words.
    pub phrases: Vec<Phrase>,
    /// The category that a product is in or below.
    pub category: Option<Slug>,
    /// Tags that a product must all have.
    pub tags: Vec<Tag>,
    /// The currency of its price.
    pub currency: Option<Currency>,
    /// The lowest price, in minor units.
    pub min_price: Option<i64>,
    /// The highest price, in minor units.
    pub max_price: Option<i64>,
    /// True if only products with units left are listed.
    pub in_stock: bool,
    /// The sort key, and `true` for descending order.
    pub sort: (SortKey, bool),
    /// The most products on the page.
    pub limit: usize,
    /// The position at which the previous page ended.
    pub after: Option<Place>,
}

/// The position at which a page ended: the sort value of its last product, and the product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place(pub SortValue, pub Sku);

/// The value that a product is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortValue {
    /// The folded name.
    Name(SortName),
    /// Minor units.
    Price(Whole),
    /// Milliseconds since 1970.
    CreatedAt(Whole),
    /// The score for the words of the search.
    Relevance(Whole),
    /// The units that are left.
    Available(Whole),
    /// The score for the first word alone. Only the store has this order, and uses it if it cannot
    /// sort all products of a search of several words.
    FirstWord(Whole),
}

/// A whole number that the store's doubles represent exactly. Never negative.
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
    /// Returns the nearest number that the store's doubles represent exactly.
    #[must_use]
    pub fn of(number: i64) -> Self {
        Self(number.unsigned_abs().min((1 << f64::MANTISSA_DIGITS) - 1))
    }
}

/// A folded name. It contains no NUL, because NUL ends it in the index.
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
    /// Returns the name that products are sorted by.
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
    /// Returns the sort key of a list with such values.
    #[must_use]
    pub const fn key(&self) -> SortKey {
        match self {
            Self::Name(_) => SortKey::Name,
            Self::Price(_) => SortKey::Price,
            Self::CreatedAt(_) => SortKey::CreatedAt,
            Self::Relevance(_) | Self::FirstWord(_) => SortKey::Relevance,
            Self::Available(_) => SortKey::Available,
        }
    }

    fn parse(key: SortKey, text: &str) -> Option<Self> {
        let whole = || -> Option<Whole> { text.parse::<u64>().ok()?.try_into().ok() };
        Some(match key {
            SortKey::Name => Self::Name(text.to_owned().try_into().ok()?),
            SortKey::Price => Self::Price(whole()?),
            SortKey::CreatedAt => Self::CreatedAt(whole()?),
            SortKey::Relevance => Self::Relevance(whole()?),
            SortKey::Available => Self::Available(whole()?),
        })
    }

    fn first_word(text: &str) -> Option<Self> {
        Some(Self::FirstWord(text.parse::<u64>().ok()?.try_into().ok()?))
    }

    fn json(self) -> serde_json::Value {
        match self {
            Self::Name(SortName(name)) => name.into(),
            Self::Price(Whole(n))
            | Self::CreatedAt(Whole(n))
            | Self::Relevance(Whole(n))
            | Self::Available(Whole(n))
            | Self::FirstWord(Whole(n)) => n.into(),
        }
    }
}

/// The most calls for one page. Each call occupies the server for less than a millisecond. All of
/// them together inspect a few thousand products.
const CALLS: usize = 20;

/// Reports whether a page after this place is in the order that only the store has.
fn is_of_the_store(after: Option<&Place>) -> bool {
    matches!(after, Some(Place(SortValue::FirstWord(_), _)))
}

impl Question {
    /// Reports whether the page follows one that only the store can continue.
    #[must_use]
    pub fn is_of_the_store(&self) -> bool {
        is_of_the_store(self.after.as_ref())
    }
}

/// Reads a page, and the position of the next. The store has no order by stock. Among very many
/// products it has no order by the relevance of several words, and cannot continue a page of it.
pub async fn read(redis: &Redis, question: &Question) -> Result<(Vec<Product>, Option<Place>), Error> {
    if question.sort.0 == SortKey::Available {
        return Err(Error::NotIndexed);
    }
    let (mut skus, mut place): (Vec<Sku>, _) = (Vec::new(), question.after.clone());
    for _ in 0..CALLS {
        let (found, next) = part(redis, question, question.limit - skus.len(), place).await?;
        skus.extend(found);
        place = next;
        if place.is_none() || skus.len() >= question.limit {
            break;
        }
    }
    // A product that was archived between the two reads is no longer for sale.
    let products = catalog::read_many(redis, &skus).await?.into_iter().flatten();
    Ok((products.filter(|product| product.status == ProductStatus::Active).collect(), place))
}

/// Reads as much of a page as one call finds.
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
    let after_first_word = is_of_the_store(after.as_ref());
    let (after_value, after_sku) = after.map(|Place(value, sku)| (value.json(), sku.to_string())).unzip();
    let mut ask = json!({
        "filters": filters, "sort": question.sort.0, "descending": question.sort.1, "limit": limit,
        "tells_orders": true, "after_first_word": after_first_word,
    });
    let optional = [
        ("min", question.min_price.map(Into::into)),
        ("max", question.max_price.map(Into::into)),
        ("currency", question.currency.map(|currency| currency.code().into())),
        ("after_sku", after_sku.map(Into::into)),
        ("after_value", after_value),
    ];
    if let Some(object) = ask.as_object_mut() {
        // Missing values are omitted, because null is a value of its own in Lua.
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
    let (sku, value) = match place {
        [] => return Ok(None),
        [summed] if summed == "summed" => return Err(Error::NotIndexed),
        [sku, value] => (sku, SortValue::parse(sort, value)),
        [sku, value, order] if order == "first_word" => (sku, SortValue::first_word(value)),
        other => return Err(Error::Unexpected(format!("place {other:?}"))),
    };
    let place = value.zip(sku.parse().ok()).map(|(value, sku)| Place(value, sku));
    place.map(Some).ok_or_else(|| Error::Unexpected(format!("place of {sku}")))
}
