//! The two streams that tell what changed: `{inv}:changes`, which the functions write with each change of a product or category, and
//! the journal of stock.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::Sku;
use estore_kit::redis::{Redis, fcall_ro};
use redis::pipe;

use super::{TAG, reservations};
use crate::Error;

/// How many entries of each stream one read takes: less than a millisecond's work of the server.
const COUNT: usize = 500;

/// An entry: its id, and its fields with their values.
type Entry = (String, Vec<String>);

/// How far a reader came. It keeps the last entry of each stream whole: a server that has another in its place, or none, is not the
/// one that was read, or has trimmed what comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    epoch: Option<String>,
    changes: Option<Entry>,
    journal: Option<Entry>,
}

/// The entries after a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Products whose description, price, status or category changed, with the latest version that was told.
    pub products: BTreeMap<Sku, u64>,
    /// Whether the tree of categories changed.
    pub categories: bool,
    /// Products of which other pieces can be ordered than before.
    pub stock: BTreeSet<Sku>,
    /// Whether there is more to read at once.
    pub more: bool,
    /// How far it was read.
    pub position: Position,
}

/// The version of the library, by which a replica knows that whoever writes tells of it. 0 if there is none.
pub async fn library(redis: &Redis) -> Result<i64, Error> {
    match fcall_ro("inv1_version", TAG).query_async(&mut redis.connection()).await {
        Err(error) if !estore_kit::redis::is_away(&error) => Ok(0),
        version => Ok(version?),
    }
}

/// The end of both streams.
pub async fn end(redis: &Redis) -> Result<Position, Error> {
    let mut ask = pipe();
    ask.cmd("GET").arg(format!("{TAG}:epoch"));
    for stream in ["changes", "journal"] {
        ask.cmd("XREVRANGE").arg(format!("{TAG}:{stream}")).arg("+").arg("-").arg("COUNT").arg(1);
    }
    let (epoch, mut changes, mut journal): (_, Vec<Entry>, Vec<Entry>) =
        ask.query_async(&mut redis.connection()).await?;
    Ok(Position { epoch, changes: changes.pop(), journal: journal.pop() })
}

/// Reads the entries after `position`; `None` if the server is another one, or older than it was, or has trimmed a part of it.
pub async fn read(redis: &Redis, position: &Position) -> Result<Option<News>, Error> {
    let mut ask = pipe();
    ask.cmd("GET").arg(format!("{TAG}:epoch"));
    for (stream, last) in [("changes", &position.changes), ("journal", &position.journal)] {
        let from = last.as_ref().map_or("-", |(id, _)| id);
        // One more than there is to take, as the last one is read again.
        ask.cmd("XRANGE").arg(format!("{TAG}:{stream}")).arg(from).arg("+").arg("COUNT").arg(COUNT + 1);
    }
    let (epoch, changes, journal): (Option<String>, Vec<Entry>, Vec<Entry>) =
        ask.query_async(&mut redis.connection()).await?;
    if epoch != position.epoch {
        return Ok(None);
    }
    let more = changes.len() > COUNT || journal.len() > COUNT;
    // Its ids count from 0-1: one that begins later was trimmed.
    let begins = changes.first().is_none_or(|(id, _)| id == "0-1");
    let (Some(changes), Some(journal)) = (
        new(changes, position.changes.as_ref()).filter(|_| position.changes.is_some() || begins),
        new(journal, position.journal.as_ref()),
    ) else {
        return Ok(None);
    };
    let position = Position {
        epoch,
        changes: changes.last().cloned().or_else(|| position.changes.clone()),
        journal: journal.last().cloned().or_else(|| position.journal.clone()),
    };
    let mut news =
        News { products: BTreeMap::new(), categories: false, stock: BTreeSet::new(), more, position };
    for entry in &changes {
        news.changed(entry)?;
    }
    for entry in &journal {
        news.moved(entry)?;
    }
    Ok(Some(news))
}

/// The entries after `last`; `None` if that is not the first of them.
fn new(mut entries: Vec<Entry>, last: Option<&Entry>) -> Option<Vec<Entry>> {
    let Some(last) = last else { return Some(entries) };
    if entries.first() != Some(last) {
        return None;
    }
    entries.remove(0);
    Some(entries)
}

/// The value of a field of an entry, or nothing.
fn field<'a>((_, fields): &'a Entry, name: &str) -> &'a str {
    let pair = fields.chunks_exact(2).find(|pair| pair.first().is_some_and(|other| other == name));
    pair.and_then(|pair| pair.get(1)).map_or("", String::as_str)
}

impl News {
    fn changed(&mut self, entry: &Entry) -> Result<(), Error> {
        if field(entry, "kind") == "product" {
            let sku =
                field(entry, "key").parse().map_err(|_| Error::Unexpected(format!("change {}", entry.0)))?;
            // A later library may leave the version out: then the product is read in any case.
            let version = field(entry, "version").parse().unwrap_or(u64::MAX);
            let latest = self.products.entry(sku).or_default();
            *latest = version.max(*latest);
        } else {
            self.categories = true;
        }
        Ok(())
    }

    fn moved(&mut self, entry: &Entry) -> Result<(), Error> {
        let [kind, order, lines] = ["kind", "order", "lines"].map(|name| field(entry, name).to_owned());
        // A sale takes from what was held: as many can be ordered as before.
        if kind != "confirmed" {
            let entry = reservations::entry((entry.0.clone(), kind, order, lines))?;
            self.stock.extend(entry.lines.into_keys());
        }
        Ok(())
    }
}
