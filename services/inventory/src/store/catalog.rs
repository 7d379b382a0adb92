//! Products.

use std::{
    borrow::Borrow,
    collections::{BTreeMap, HashMap},
    hash::Hash,
};

use estore_contract::{
    Money, Sku,
    inventory::{Product, ProductBody, ProductStatus},
    text::{Slug, Tag, Title},
};
use estore_stores::redis::{Redis, fcall, time_of};
use redis::{Cmd, cmd, pipe};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::TAG;
use crate::{
    Error,
    domain::{EXACT, WORDING, indexed_words, sort_name},
};

/// The parts of a description that are stored as one text. The others are separate fields, which
/// the functions need.
///
/// An import compares this text byte for byte with the stored one, so its order and its form are
/// part of the store. A new field comes last, with `default` and `skip_serializing_if`. Then stored
/// texts without it stay readable, and a product without it keeps its text and its version.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Doc {
    #[serde(deserialize_with = "Title::deserialize_kept")]
    name: Title,
    description: String,
    #[serde(deserialize_with = "Slug::deserialize_kept")]
    category: Slug,
    #[serde(deserialize_with = "Tag::deserialize_kept_list")]
    tags: Vec<Tag>,
    images: Vec<String>,
    attributes: BTreeMap<String, String>,
}

/// The fields of a product's hash that it is read from.
const FIELDS: [&str; 9] =
    ["doc", "amount", "currency", "on_hand", "reserved", "status", "version", "created_at", "updated_at"];

/// The condition under which a write applies, and its effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Write {
    /// Only if the SKU is new.
    Create,
    /// Only if the product exists, in this version if one is given. It is for sale afterwards.
    Replace(Option<u64>),
    /// Only in this version. Omitted fields stay.
    Patch {
        /// The version that the description was merged into.
        version: u64,
        /// The status afterwards, if the change names one.
        status: Option<ProductStatus>,
        /// True if the change names a category, which must then exist. It must also exist if the
        /// product comes back on sale.
        category: bool,
    },
    /// In both cases. A new product gets this stock. A product that an admin archived stays
    /// archived.
    Import(u32),
}

impl Write {
    /// Returns the function's arguments: mode, version, stock, status, and whether the category
    /// stays as it is.
    fn arguments(self) -> (&'static str, Option<u64>, u32, Option<ProductStatus>, bool) {
        match self {
            Self::Create => ("create", None, 0, Some(ProductStatus::Active), false),
            Self::Replace(version) => ("replace", version, 0, Some(ProductStatus::Active), false),
            Self::Patch { version, status, category } => ("replace", Some(version), 0, status, !category),
            Self::Import(stock) => ("import", None, stock, None, false),
        }
    }
}

/// The result of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// The SKU is new.
    Created,
    /// The description changed.
    Updated,
    /// The product already had this description.
    Unchanged,
}

/// Reads one product, in one round trip.
pub async fn read(redis: &Redis, sku: &Sku) -> Result<Product, Error> {
    let mut ask = cmd("HMGET");
    ask.arg(format!("{TAG}:p:{sku}")).arg(&FIELDS);
    let values: Vec<Option<String>> = ask.query_async(&mut redis.connection()).await?;
    let hash: HashMap<&str, String> =
        FIELDS.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect();
    if hash.is_empty() { Err(Error::NotFound) } else { product(sku.clone(), &hash) }
}

/// The number of products in one round trip. Together they occupy the server for less than a
/// millisecond.
const TRIP: usize = 100;

/// Reads several products, with `None` for those that do not exist. Takes one round trip for each
/// hundred.
pub async fn read_many(redis: &Redis, skus: &[Sku]) -> Result<Vec<Option<Product>>, Error> {
    let mut found = Vec::with_capacity(skus.len());
    for skus in skus.chunks(TRIP) {
        let mut ask = pipe();
        for sku in skus {
            ask.cmd("HMGET").arg(format!("{TAG}:p:{sku}")).arg(&FIELDS);
        }
        let rows: Vec<Vec<Option<String>>> = ask.query_async(&mut redis.connection()).await?;
        for (sku, values) in skus.iter().zip(rows) {
            let hash: HashMap<&str, String> =
                FIELDS.into_iter().zip(values).filter_map(|(name, value)| Some((name, value?))).collect();
            found.push(if hash.is_empty() { None } else { Some(product(sku.clone(), &hash)?) });
        }
    }
    Ok(found)
}

/// Reads the available units of each SKU, with `None` for those that do not exist. Takes one round
/// trip for each hundred.
pub async fn available(redis: &Redis, skus: &[Sku]) -> Result<Vec<Option<i64>>, Error> {
    let mut found = Vec::with_capacity(skus.len());
    for skus in skus.chunks(TRIP) {
        let mut ask = pipe();
        for sku in skus {
            ask.cmd("HMGET").arg(format!("{TAG}:p:{sku}")).arg("on_hand").arg("reserved");
        }
        let rows: Vec<(Option<i64>, Option<i64>)> = ask.query_async(&mut redis.connection()).await?;
        found.extend(rows.into_iter().map(|(on_hand, reserved)| Some(on_hand? - reserved?)));
    }
    Ok(found)
}

/// Returns products for sale after a position in the name order, and the position after them. There
/// is no position if there are no more products. A product that is renamed meanwhile may be missed,
/// or found twice.
pub async fn skus(redis: &Redis, after: Option<&str>) -> Result<(Vec<Sku>, Option<String>), Error> {
    let from = after.map_or_else(|| "-".to_owned(), |after| format!("({after}"));
    let mut ask = cmd("ZRANGE");
    ask.arg(format!("{TAG}:i:name")).arg(from).arg("+").arg("BYLEX").arg("LIMIT").arg(0).arg(TRIP);
    let mut places: Vec<String> = ask.query_async(&mut redis.connection()).await?;
    let sku = |place: &String| {
        let (_, sku) = place.rsplit_once('\0').unwrap_or_default();
        sku.parse().map_err(|_| Error::Unexpected(format!("place {place:?} in the order of names")))
    };
    let skus = places.iter().map(sku).collect::<Result<Vec<_>, _>>()?;
    Ok((skus, if places.len() == TRIP { places.pop() } else { None }))
}

/// Writes a product with its positions in every index.
pub async fn write(redis: &Redis, sku: &Sku, body: ProductBody, mode: Write) -> Result<Written, Error> {
    let call = write_call(sku, body, mode)?;
    let answer: Vec<String> =
        call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    written(&answer)
}

/// Writes several products of an import in one round trip. Each is written or rejected on its own.
pub async fn import(
    redis: &Redis,
    products: Vec<(Sku, ProductBody, u32)>,
) -> Result<Vec<Result<Written, Error>>, Error> {
    let mut all = pipe();
    for (sku, body, stock) in products {
        all.add_command(write_call(&sku, body, Write::Import(stock))?);
    }
    let answers: Vec<Vec<String>> =
        all.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    Ok(answers.iter().map(|answer| written(answer)).collect())
}

fn write_call(sku: &Sku, body: ProductBody, mode: Write) -> Result<Cmd, Error> {
    let (name, price, mut tags) = (body.name.to_string(), body.price, body.tags);
    tags.sort();
    tags.dedup();
    let doc = Doc {
        name: body.name,
        description: body.description,
        category: body.category,
        tags,
        images: body.images,
        attributes: body.attributes,
    };
    let idx = index(sku, &doc);
    let doc = serde_json::to_string(&doc).map_err(|error| Error::Unexpected(error.to_string()))?;
    let (word, version, stock, status, same_category) = mode.arguments();
    let mut call = fcall("inv1_put_product", TAG);
    call.arg(sku.as_str()).arg(word).arg(version.map(|version| version.to_string()).unwrap_or_default());
    call.arg(doc).arg(name).arg(price.amount).arg(price.currency.code()).arg(idx).arg(stock);
    call.arg(status.map_or("", ProductStatus::as_str)).arg(i32::from(same_category));
    Ok(call)
}

fn written(answer: &[String]) -> Result<Written, Error> {
    match answer.first().map_or("", String::as_str) {
        "created" => Ok(Written::Created),
        "updated" => Ok(Written::Updated),
        "unchanged" => Ok(Written::Unchanged),
        "exists" => Err(Error::SkuExists),
        "none" => Err(Error::NotFound),
        "changed" => Err(Error::Changed),
        "no_category" => {
            Err(Error::Invalid(vec![estore_contract::FieldError::new("category", "is not a category")]))
        }
        other => Err(Error::Unexpected(other.to_owned())),
    }
}

/// Returns the positions of a product in the indexes, in the format of the functions.
pub(super) fn index(sku: &Sku, doc: &Doc) -> String {
    let (name, tags) = (doc.name.as_str(), doc.tags.iter().map(Tag::as_str));
    let words = indexed_words(name, sku.as_str(), tags, &doc.description);
    let words: Vec<_> = words.into_iter().map(|(word, field)| (word, EXACT * field.weight())).collect();
    json!({
        "sort_name": sort_name(name), "category": doc.category, "tags": doc.tags, "words": words,
        "folding": WORDING,
    })
    .to_string()
}

/// The actor that takes a product off sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Archived {
    /// An admin, who saw this version if one is given. Only an admin puts the product back.
    ByAdmin(Option<u64>),
    /// An import that no longer has the product. The next import that has it puts it back.
    Withdrawn,
}

/// Removes a product from the lists. It stays readable.
pub async fn archive(redis: &Redis, sku: &Sku, by: Archived) -> Result<(), Error> {
    let (version, word) = match by {
        Archived::ByAdmin(version) => (version, "archived"),
        Archived::Withdrawn => (None, "withdrawn"),
    };
    let mut call = fcall("inv1_archive_product", TAG);
    call.arg(sku.as_str()).arg(version.map(|version| version.to_string()).unwrap_or_default()).arg(word);
    let answer: Vec<String> =
        call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    match answer.first().map_or("", String::as_str) {
        "archived" => Ok(()),
        "none" => Err(Error::NotFound),
        "changed" => Err(Error::Changed),
        other => Err(Error::Unexpected(other.to_owned())),
    }
}

/// Builds a product from its hash.
pub(super) fn product<K: Borrow<str> + Eq + Hash>(
    sku: Sku,
    hash: &HashMap<K, String>,
) -> Result<Product, Error> {
    let field = |name: &str| {
        hash.get(name).map(String::as_str).ok_or_else(|| Error::Unexpected(format!("{sku} has no {name}")))
    };
    let number = |name: &str| {
        field(name)?.parse::<i64>().map_err(|error| Error::Unexpected(format!("{name} of {sku}: {error}")))
    };
    let doc: Doc = serde_json::from_str(field("doc")?)
        .map_err(|error| Error::Unexpected(format!("doc of {sku}: {error}")))?;
    let corrupt = |name: &str| Error::Unexpected(format!("{name} of {sku}"));
    let time = |name: &str| time_of(field(name)?).ok_or_else(|| corrupt(name));
    let currency = field("currency")?.parse().map_err(|_| corrupt("currency"))?;
    Ok(Product {
        price: Money::new(number("amount")?, currency),
        available: number("on_hand")? - number("reserved")?,
        status: field("status")?.parse().map_err(|_| corrupt("status"))?,
        version: number("version")?.unsigned_abs(),
        created_at: time("created_at")?,
        updated_at: time("updated_at")?,
        name: doc.name,
        description: doc.description,
        category: doc.category,
        tags: doc.tags,
        images: doc.images,
        attributes: doc.attributes,
        sku,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn product_with_a_corrupt_field_is_refused() {
        let doc = r#"{"name": "Mug", "description": "", "category": "mugs", "tags": [], "images": [], "attributes": {}}"#;
        let good = HashMap::from(
            [
                ("doc", doc),
                ("amount", "5"),
                ("currency", "USD"),
                ("on_hand", "2"),
                ("reserved", "1"),
                ("status", "archived"),
                ("version", "1"),
                ("created_at", "1"),
                ("updated_at", "2"),
            ]
            .map(|(name, value)| (name, value.to_owned())),
        );
        let sku: Sku = "MUG-1".parse().unwrap();
        assert_eq!(product(sku.clone(), &good).unwrap().status, ProductStatus::Archived);
        for name in FIELDS {
            let mut corrupt = good.clone();
            corrupt.insert(name, "?".to_owned());
            let error = product(sku.clone(), &corrupt).unwrap_err().to_string();
            assert!(error.contains(name), "{name}: {error}");
        }
    }
}
