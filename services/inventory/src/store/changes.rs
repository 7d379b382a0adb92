//! The two streams that record changes. The functions write `{inv}:changes` with each change of a
//! product or category. The other stream is the journal of stock.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{Sku, text::Slug};
use estore_stores::redis::{Redis, fcall_ro};
use redis::{Pipeline, pipe};

use super::{TAG, reservations};
use crate::{Error, domain::Edition};

/// The entries of each stream that one read takes: less than a millisecond of the server's work.
const COUNT: usize = 500;

/// An entry: its id, and its fields with their values.
type Entry = (String, Vec<String>);

/// The position of a reader. It stores the whole last entry of each stream. If a server has another
/// entry there, or none, it is a different server, or it has trimmed the entries that follow. A
/// server that was started since may have lost writes that followed, which a replica has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// The server's `run_id`: another one at each start.
    server: String,
    epoch: Option<String>,
    changes: Option<Entry>,
    journal: Option<Entry>,
}

/// The entries after a position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// Products whose description, price, status or category changed, with the latest edition in
    /// the stream, if the stream has it.
    pub products: BTreeMap<Sku, Option<Edition>>,
    /// Categories that were added, changed or removed.
    pub categories: BTreeSet<Slug>,
    /// Products whose number of available units changed.
    pub stock: BTreeSet<Sku>,
    /// True if there are more entries to read at once.
    pub more: bool,
    /// The position after these entries.
    pub position: Position,
}

/// Returns the version of the library, or 0 if there is none. From it a replica knows that all
/// writers record their changes.
pub async fn library(redis: &Redis) -> Result<i64, Error> {
    match fcall_ro("inv1_version", TAG).query_async(&mut redis.connection()).await {
        Err(error) if !estore_stores::redis::is_away(&error) => Ok(0),
        version => Ok(version?),
    }
}

/// Returns the position at the end of both streams.
pub async fn end(redis: &Redis) -> Result<Position, Error> {
    let mut ask = first();
    for stream in ["changes", "journal"] {
        ask.cmd("XREVRANGE").arg(format!("{TAG}:{stream}")).arg("+").arg("-").arg("COUNT").arg(1);
    }
    let (info, epoch, mut changes, mut journal): (String, _, Vec<Entry>, Vec<Entry>) =
        ask.query_async(&mut redis.connection()).await?;
    Ok(Position { server: server(&info), epoch, changes: changes.pop(), journal: journal.pop() })
}

/// Returns the commands that each read begins with: they tell the server and its epoch.
fn first() -> Pipeline {
    let mut ask = pipe();
    ask.cmd("INFO").arg("server");
    ask.cmd("GET").arg(format!("{TAG}:epoch"));
    ask
}

/// Returns the server's `run_id`, or an empty text if it has none.
fn server(info: &str) -> String {
    info.lines().find_map(|line| line.strip_prefix("run_id:")).unwrap_or_default().to_owned()
}

/// Reads the entries after `position`. Returns `None` if the server is a different one, was started
/// again, is older than it was, or has trimmed some of the entries.
pub async fn read(redis: &Redis, position: &Position) -> Result<Option<News>, Error> {
    let mut ask = first();
    for (stream, last) in [("changes", &position.changes), ("journal", &position.journal)] {
        let from = last.as_ref().map_or("-", |(id, _)| id);
        // One more than the limit, because the last known entry is read again.
        ask.cmd("XRANGE").arg(format!("{TAG}:{stream}")).arg(from).arg("+").arg("COUNT").arg(COUNT + 1);
    }
    let (info, epoch, changes, journal): (String, Option<String>, Vec<Entry>, Vec<Entry>) =
        ask.query_async(&mut redis.connection()).await?;
    if server(&info) != position.server {
        return Ok(None);
    }
    // Each backup raises the epoch. Only a store that is older than it was has a lower one.
    if number(epoch.as_deref()) < number(position.epoch.as_deref()) {
        return Ok(None);
    }
    let more = changes.len() > COUNT || journal.len() > COUNT;
    // The ids of this stream begin at 0-1. A stream that begins later was trimmed.
    let begins = changes.first().is_none_or(|(id, _)| id == "0-1");
    let (Some(changes), Some(journal)) = (
        new(changes, position.changes.as_ref()).filter(|_| position.changes.is_some() || begins),
        new(journal, position.journal.as_ref()),
    ) else {
        return Ok(None);
    };
    let position = Position {
        server: position.server.clone(),
        epoch,
        changes: changes.last().cloned().or_else(|| position.changes.clone()),
        journal: journal.last().cloned().or_else(|| position.journal.clone()),
    };
    let mut news = News {
        products: BTreeMap::new(),
        categories: BTreeSet::new(),
        stock: BTreeSet::new(),
        more,
        position,
    };
    for entry in &changes {
        news.changed(entry)?;
    }
    for entry in &journal {
        news.moved(entry)?;
    }
    Ok(Some(news))
}

/// Returns an epoch as a number; none is 0.
fn number(epoch: Option<&str>) -> u64 {
    epoch.and_then(|epoch| epoch.parse().ok()).unwrap_or(0)
}

/// Returns the entries after `last`, or `None` if `last` is not the first of them.
fn new(mut entries: Vec<Entry>, last: Option<&Entry>) -> Option<Vec<Entry>> {
    let Some(last) = last else { return Some(entries) };
    if entries.first() != Some(last) {
        return None;
    }
    entries.remove(0);
    Some(entries)
}

/// Returns the value of an entry's field, or an empty text.
fn field<'a>((_, fields): &'a Entry, name: &str) -> &'a str {
    let pair = fields.chunks_exact(2).find(|pair| pair.first().is_some_and(|other| other == name));
    pair.and_then(|pair| pair.get(1)).map_or("", String::as_str)
}

impl News {
    fn changed(&mut self, entry: &Entry) -> Result<(), Error> {
        let bad = || Error::Unexpected(format!("change {}", entry.0));
        if field(entry, "kind") == "product" {
            let sku = field(entry, "key").parse().map_err(|_| bad())?;
            // A later library may omit one of them. Then the product is read in any case.
            let (version, updated) = (field(entry, "version").parse().ok(), field(entry, "at").parse().ok());
            let edition = version.zip(updated).map(|(version, updated)| Edition { version, updated });
            self.products.insert(sku, edition);
        } else {
            self.categories.insert(Slug::kept(field(entry, "key").to_owned()));
        }
        Ok(())
    }

    fn moved(&mut self, entry: &Entry) -> Result<(), Error> {
        let [kind, order, lines] = ["kind", "order", "lines"].map(|name| field(entry, name).to_owned());
        // A sale uses up held units, so the number of available units stays the same.
        if kind != "confirmed" {
            let entry = reservations::entry((entry.0.clone(), kind, order, lines))?;
            self.stock.extend(entry.lines.into_keys());
        }
        Ok(())
    }
}
