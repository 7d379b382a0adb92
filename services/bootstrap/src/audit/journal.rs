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

use super::{
    databases::{Databases, JOURNAL},
    source::entries,
};

/// The number of entries in an answer.
const PAGE: usize = 500;

/// The stock by the journal, up to a place in it.
#[derive(Default)]
pub(super) struct Journal {
    pub(super) replay: Replay,
    place: Option<StreamId>,
    /// The orders whose stock is held.
    held: HashSet<OrderId>,
    /// The entries about those orders that are looked at one by one.
    pub(super) watched: BTreeMap<OrderId, Vec<StreamEntry>>,
    /// The number of entries.
    pub(super) read: u64,
}

/// A part of the journal.
pub(super) struct Page {
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
        databases.breathe().await;
        let from = self.place.map_or_else(|| "-".to_owned(), |place| format!("({place}"));
        let mut range = cmd("XRANGE");
        range.arg(JOURNAL).arg(from).arg(until.to_string()).arg("COUNT").arg(PAGE);
        let found = entries(databases.inventory.one(range).await?);
        let Some(last) = found.last().and_then(|(id, _)| id.parse().ok()) else {
            // The entries up to there were removed.
            self.place = Some(until);
            return Ok(None);
        };
        self.place = Some(last);
        self.read += u64::try_from(found.len())?;
        Ok(Some(parse(found)))
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

fn parse(found: Vec<StreamEntry>) -> Page {
    let snapshot = Snapshot::of(&Dump::from([(JOURNAL.to_owned(), Raw::Stream(found.clone()))]));
    let mut page = Page { movements: Vec::new(), misread: Vec::new() };
    page.misread.extend(snapshot.misread.into_iter().map(|misread| (misread.subject, misread.what)));
    // Movements that do not parse are left out.
    let mut parsed = snapshot.journal.into_iter().peekable();
    for entry in found {
        let Ok(place) = entry.0.parse() else { continue };
        if let Some(movement) = parsed.next_if(|movement| movement.id == entry.0) {
            page.movements.push((place, movement, entry));
        }
    }
    page
}
