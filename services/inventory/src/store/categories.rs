//! Categories and tags.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{
    FieldError,
    inventory::{Category, TagCount},
    text::{Slug, Tag, Title},
};
use estore_kit::redis::{Redis, fcall, fcall_ro};

use super::TAG;
use crate::Error;

/// The tree with counts: one round trip.
pub async fn tree(redis: &Redis) -> Result<Vec<Category>, Error> {
    let rows: Vec<(String, String, u64)> =
        fcall_ro("inv1_categories", TAG).query_async(&mut redis.connection()).await?;
    let mut below: BTreeMap<String, Vec<Category>> = BTreeMap::new();
    for (slug, kept, count) in rows {
        let bad = || Error::Unexpected(format!("category {slug}"));
        let (name, parent): (String, String) = serde_json::from_str(&kept).map_err(|_| bad())?;
        let category = Category {
            slug: Slug::try_from(slug.clone()).map_err(|_| bad())?,
            name: Title::try_from(name).map_err(|_| bad())?,
            count,
            children: Vec::new(),
        };
        below.entry(parent).or_default().push(category);
    }
    Ok(take(&mut below, ""))
}

fn take(below: &mut BTreeMap<String, Vec<Category>>, parent: &str) -> Vec<Category> {
    let mut found = below.remove(parent).unwrap_or_default();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    for category in &mut found {
        category.children = take(below, category.slug.as_str());
    }
    found
}

/// The tags with counts, by name: one round trip.
pub async fn tags(redis: &Redis) -> Result<Vec<TagCount>, Error> {
    let rows: BTreeSet<(String, u64)> =
        fcall_ro("inv1_tags", TAG).query_async(&mut redis.connection()).await?;
    let counted = |(tag, count): (String, u64)| {
        Ok(TagCount { tag: Tag::try_from(tag).map_err(|tag| Error::Unexpected(tag.to_owned()))?, count })
    };
    rows.into_iter().map(counted).collect()
}

/// Writes a category; what is below it moves along.
pub async fn write(redis: &Redis, slug: &Slug, name: &Title, parent: Option<&Slug>) -> Result<(), Error> {
    let mut call = fcall("inv1_put_category", TAG);
    call.arg(slug.as_str()).arg(name.as_str()).arg(parent.map_or("", Slug::as_str));
    let answer: String = call.query_async(&mut redis.connection()).await.map_err(Error::Write)?;
    let refused = |message: &str| Err(Error::Invalid(vec![FieldError::new("parent", message)]));
    match answer.as_str() {
        "ok" => Ok(()),
        "no_parent" => refused("is not a category"),
        "cycle" => refused("is the category itself, or below it"),
        other => Err(Error::Unexpected(other.to_owned())),
    }
}

/// Removes a category that nothing stands in.
pub async fn delete(redis: &Redis, slug: &Slug) -> Result<(), Error> {
    let answer: String = fcall("inv1_delete_category", TAG)
        .arg(slug.as_str())
        .query_async(&mut redis.connection())
        .await
        .map_err(Error::Write)?;
    match answer.as_str() {
        "ok" => Ok(()),
        "none" => Err(Error::NotFound),
        "in_use" => Err(Error::CategoryInUse),
        other => Err(Error::Unexpected(other.to_owned())),
    }
}
