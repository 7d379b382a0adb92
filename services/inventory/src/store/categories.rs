//! Categories and tags.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{
    FieldError,
    inventory::{Category, TagCount},
    text::{Slug, Tag, Title},
};
use estore_stores::redis::{Redis, fcall};
use redis::{Cmd, cmd, pipe};

use super::TAG;
use crate::Error;

/// A category as stored: its slug, its name, and the slug of its parent, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its name in paths.
    pub slug: Slug,
    /// Its name for people.
    pub name: Title,
    /// The category above it.
    pub parent: Option<Slug>,
}

/// The number of counts in one round trip. Together they occupy the server for less than a
/// millisecond.
const TRIP: usize = 500;

/// Reads every category, without counts, in one round trip.
pub async fn nodes(redis: &Redis) -> Result<Vec<Node>, Error> {
    let rows: Vec<(String, String)> =
        cmd("HGETALL").arg(format!("{TAG}:categories")).query_async(&mut redis.connection()).await?;
    rows.into_iter().map(|(slug, kept)| node(&Slug::kept(slug), &kept)).collect()
}

/// Reads these categories in one round trip: each with its slug, or `None` if it does not exist.
pub async fn some(redis: &Redis, slugs: &[Slug]) -> Result<Vec<(Slug, Option<Node>)>, Error> {
    let mut ask = cmd("HMGET");
    ask.arg(format!("{TAG}:categories"));
    for slug in slugs {
        ask.arg(slug.as_str());
    }
    let rows: Vec<Option<String>> = ask.query_async(&mut redis.connection()).await?;
    let read = |(slug, kept): (&Slug, Option<String>)| {
        Ok((slug.clone(), kept.map(|kept| node(slug, &kept)).transpose()?))
    };
    slugs.iter().zip(rows).map(read).collect()
}

/// Returns the category that the store keeps as this JSON of its name and parent.
fn node(slug: &Slug, kept: &str) -> Result<Node, Error> {
    let (name, parent): (String, String) =
        serde_json::from_str(kept).map_err(|_| Error::Unexpected(format!("category {slug}")))?;
    let parent = if parent.is_empty() { None } else { Some(Slug::kept(parent)) };
    Ok(Node { slug: slug.clone(), name: Title::kept(name), parent })
}

/// Returns the sizes of these sets.
async fn sizes(redis: &Redis, keys: impl Iterator<Item = String>) -> Result<Vec<u64>, Error> {
    let (keys, mut sizes): (Vec<String>, _) = (keys.collect(), Vec::new());
    for keys in keys.chunks(TRIP) {
        let mut ask = pipe();
        for key in keys {
            ask.cmd("SCARD").arg(key);
        }
        sizes.extend(ask.query_async::<Vec<u64>>(&mut redis.connection()).await?);
    }
    Ok(sizes)
}

/// Reads the tree with counts. Each of its commands is short, so that the server serves other
/// clients in between.
pub async fn tree(redis: &Redis) -> Result<Vec<Category>, Error> {
    let nodes = nodes(redis).await?;
    let counts = sizes(redis, nodes.iter().map(|node| format!("{TAG}:s:cat:{}", node.slug))).await?;
    Ok(assemble(nodes.into_iter().zip(counts)))
}

/// Builds the tree from categories with their counts.
pub fn assemble(nodes: impl Iterator<Item = (Node, u64)>) -> Vec<Category> {
    let mut below: BTreeMap<String, Vec<Category>> = BTreeMap::new();
    for (Node { slug, name, parent }, count) in nodes {
        let parent = parent.map_or_else(String::new, |parent| parent.to_string());
        below.entry(parent).or_default().push(Category { slug, name, count, children: Vec::new() });
    }
    take(&mut below, "")
}

fn take(below: &mut BTreeMap<String, Vec<Category>>, parent: &str) -> Vec<Category> {
    let mut found = below.remove(parent).unwrap_or_default();
    found.sort_by(|a, b| (&a.name, &a.slug).cmp(&(&b.name, &b.slug)));
    for category in &mut found {
        category.children = take(below, category.slug.as_str());
    }
    found
}

/// Reads the tags with counts, by name.
pub async fn tags(redis: &Redis) -> Result<Vec<TagCount>, Error> {
    let tags: BTreeSet<String> =
        cmd("SMEMBERS").arg(format!("{TAG}:tags")).query_async(&mut redis.connection()).await?;
    let counts = sizes(redis, tags.iter().map(|tag| format!("{TAG}:s:tag:{tag}"))).await?;
    let counted = |(tag, count)| TagCount { tag: Tag::kept(tag), count };
    // A tag may lose its last product between the two round trips.
    Ok(tags.into_iter().zip(counts).filter(|(_, count)| *count > 0).map(counted).collect())
}

/// Writes a category. The categories below it move with it.
pub async fn write(redis: &Redis, slug: &Slug, name: &Title, parent: Option<&Slug>) -> Result<(), Error> {
    let node = Node { slug: slug.clone(), name: name.clone(), parent: parent.cloned() };
    let answer: String =
        write_call(&node).query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    written(&answer)
}

/// Writes several categories, parents first, in one round trip. Each is written or rejected on its
/// own.
pub async fn write_many(redis: &Redis, nodes: &[Node]) -> Result<Vec<Result<(), Error>>, Error> {
    let mut all = pipe();
    for node in nodes {
        all.add_command(write_call(node));
    }
    let answers: Vec<String> =
        all.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    Ok(answers.iter().map(|answer| written(answer)).collect())
}

fn write_call(Node { slug, name, parent }: &Node) -> Cmd {
    let mut call = fcall("inv1_put_category", TAG);
    call.arg(slug.as_str()).arg(name.as_str()).arg(parent.as_ref().map_or("", Slug::as_str));
    call
}

fn written(answer: &str) -> Result<(), Error> {
    let refused = |message: &str| Err(Error::Invalid(vec![FieldError::new("parent", message)]));
    match answer {
        "ok" => Ok(()),
        "no_parent" => refused("is not a category"),
        "cycle" => refused("is the category itself, or below it"),
        "too_deep" => refused("must leave the tree at most 16 levels deep"),
        other => Err(Error::Unexpected(other.to_owned())),
    }
}

/// Removes an empty category.
pub async fn delete(redis: &Redis, slug: &Slug) -> Result<(), Error> {
    let answer: String = fcall("inv1_delete_category", TAG)
        .arg(slug.as_str())
        .query_async(&mut redis.connection())
        .await
        .map_err(Error::OutcomeUnknown)?;
    match answer.as_str() {
        "ok" => Ok(()),
        "none" => Err(Error::NotFound),
        "in_use" => Err(Error::CategoryInUse),
        other => Err(Error::Unexpected(other.to_owned())),
    }
}
