//! The journal of stock, read from its beginning, and followed to its end.

use std::collections::{BTreeMap, HashSet};

use anyhow::Result;
use estore_checker::{
    Replay,
    stores::{Dump, Movement, MovementKind as Kind, Raw, Snapshot, StreamEntry},
};
use estore_contract::OrderId;
use estore_stores::redis::StreamId;
use redis::cmd;
use tokio::task::JoinHandle;

use super::{
    databases::{Databases, JOURNAL},
    source::entries,
};

/// The number of entries in an answer.
const PAGE: usize = 1000;

/// The stock by the journal, up to a place in it.
#[derive(Default)]
pub(super) struct Journal {
    pub(super) replay: Replay,
    place: Option<StreamId>,
    /// The next part, which is read while the last one is applied.
    ahead: Option<JoinHandle<Result<Page>>>,
    /// The orders whose stock is held.
    held: HashSet<OrderId>,
    /// The entries about those orders that are looked at one by one.
    pub(super) watched: BTreeMap<OrderId, Vec<StreamEntry>>,
    /// The number of entries.
    pub(super) read: u64,
}

/// A part of the journal.
#[derive(Default)]
pub(super) struct Page {
    /// The place of the last entry.
    last: Option<StreamId>,
    /// The number of entries.
    read: u64,
    /// The movements, with their places and entries.
    pub(super) movements: Vec<(StreamId, Movement, StreamEntry)>,
    /// The entries that do not parse: subject and error.
    pub(super) misread: Vec<(String, String)>,
}

impl Journal {
    /// Watches these orders from here on.
    pub(super) fn watch(&mut self, orders: impl IntoIterator<Item = OrderId>) {
        for order in orders {
            self.watched.entry(order).or_default();
        }
    }

    /// Returns the next part, up to and including `until`. Returns `None` at the end.
    pub(super) async fn next(
        &mut self,
        databases: &Databases,
        until: Option<StreamId>,
    ) -> Result<Option<Page>> {
        let Some(until) = until.filter(|until| self.place.is_none_or(|place| place < *until)) else {
            return Ok(None);
        };
        let page = match self.ahead.take() {
            Some(page) => page.await??,
            None => read(databases.clone(), self.place, until).await?,
        };
        self.read += page.read;
        // Without an entry, those up to there were removed.
        self.place = page.last.or(Some(until));
        if page.last.is_some_and(|last| last < until) {
            self.ahead = Some(tokio::spawn(read(databases.clone(), page.last, until)));
        }
        Ok(page.last.map(|_| page))
    }

    /// Applies a movement. Returns the order if the movement may not follow here. The balance
    /// compares all movements of an order with its reservation.
    pub(super) fn apply(&mut self, movement: &Movement, entry: StreamEntry) -> Option<OrderId> {
        self.replay.add(movement);
        let order = movement.order?;
        if let Some(entries) = self.watched.get_mut(&order) {
            entries.push(entry);
        }
        let may = match movement.kind {
            Kind::Held => self.held.insert(order),
            Kind::Confirmed | Kind::Expired => self.held.remove(&order),
            // A tombstone releases nothing.
            Kind::Released => self.held.remove(&order) || movement.lines.is_empty(),
            Kind::Returned => !self.held.contains(&order),
            Kind::Received | Kind::Adjusted => false,
        };
        (!may).then_some(order)
    }

    /// Follows the journal up to `until`, for the orders that are watched.
    pub(super) async fn follow(&mut self, databases: &Databases, until: Option<StreamId>) -> Result<()> {
        while let Some(page) = self.next(databases, until).await? {
            for (_, movement, entry) in page.movements {
                self.apply(&movement, entry);
            }
        }
        Ok(())
    }

    /// Returns the place up to which it was read.
    pub(super) fn place(&self) -> Option<StreamId> {
        self.place
    }
}

/// Reads a part of the journal, after `place`, up to and including `until`.
async fn read(databases: Databases, place: Option<StreamId>, until: StreamId) -> Result<Page> {
    databases.breathe().await;
    let from = place.map_or_else(|| "-".to_owned(), |place| format!("({place}"));
    let mut range = cmd("XRANGE");
    range.arg(JOURNAL).arg(from).arg(until.to_string()).arg("COUNT").arg(PAGE);
    let found = entries(databases.inventory.one(range).await?);
    let last = found.last().and_then(|(id, _)| id.parse().ok());
    Ok(Page { last, read: u64::try_from(found.len())?, ..parse(found) })
}

fn parse(found: Vec<StreamEntry>) -> Page {
    let mut dump = Dump::from([(JOURNAL.to_owned(), Raw::Stream(found))]);
    let snapshot = Snapshot::of(&dump);
    let mut page = Page::default();
    page.misread.extend(snapshot.misread.into_iter().map(|misread| (misread.subject, misread.what)));
    // Movements that do not parse are left out.
    let mut parsed = snapshot.journal.into_iter().peekable();
    let Some(Raw::Stream(found)) = dump.remove(JOURNAL) else { return page };
    for entry in found {
        let Ok(place) = entry.0.parse() else { continue };
        if let Some(movement) = parsed.next_if(|movement| movement.id == entry.0) {
            page.movements.push((place, movement, entry));
        }
    }
    page
}
