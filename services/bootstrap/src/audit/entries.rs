//! The entries in the ledgers about orders that are read one by one.

use std::collections::BTreeMap;

use anyhow::Result;
use estore_checker::stores::{Raw, StreamEntry};
use redis::pipe;

use super::{
    databases::Databases,
    ledgers::Collected,
    orders::Reading,
    pages::{Pages, Part},
    source::entries,
};

/// The fields with an order's own counts of its entries.
const COUNTS: [&str; 4] = ["count:authorization", "count:capture", "count:void", "count:refund"];

/// The time after an order's last change within which its last entry has its id, in ms. One call
/// writes both.
const SLACK: u64 = 1_000;

/// A range of a ledger to read.
struct Range {
    /// The number of the reading.
    of: usize,
    user: String,
    from: String,
    to: String,
}

/// The entries about each order: by the number of its reading and the ledger's user, then by id.
type Found = BTreeMap<(usize, String), BTreeMap<String, BTreeMap<String, String>>>;

/// Adds the entries about each order. They are in the ledger of its user, from its creation to its
/// last change, or were found elsewhere. A range to the end of the ledger would have no end
/// beside a customer who orders faster than it is read.
pub(super) async fn add(
    databases: &Databases,
    readings: &mut [Reading],
    collected: &Collected,
) -> Result<()> {
    let mut ranges = Vec::new();
    for (of, reading) in readings.iter().enumerate() {
        if let Some(user) = reading.field("user") {
            let from = created(reading).unwrap_or("-").to_owned();
            ranges.push(Range { of, user: user.to_owned(), from, to: last_change(reading) });
        }
        for (user, id) in collected.get(&reading.id).into_iter().flatten() {
            ranges.push(Range { of, user: user.clone(), from: id.clone(), to: id.clone() });
        }
    }
    let mut found = Found::new();
    read_ranges(databases, readings, ranges, &mut found).await?;
    // If the server's clock stepped back, an entry has an id before the creation of its order.
    let earlier = readings.iter().enumerate().filter_map(|(of, reading)| {
        let (user, to) = (reading.field("user")?.to_owned(), created(reading)?.to_owned());
        let entries = found.get(&(of, user.clone())).map_or(0, BTreeMap::len);
        (entries < counted(reading)).then(|| Range { of, user, from: "-".to_owned(), to })
    });
    let earlier: Vec<Range> = earlier.collect();
    read_ranges(databases, readings, earlier, &mut found).await?;
    for ((of, user), entries) in found {
        if let Some(reading) = readings.get_mut(of).filter(|_| !entries.is_empty()) {
            let entries = entries.into_iter().collect();
            reading.dump.insert(format!("{{pay}}:u:{user}:ledger"), Raw::Stream(entries));
        }
    }
    Ok(())
}

/// Returns the order's time of creation, in ms.
fn created(reading: &Reading) -> Option<&str> {
    reading.field("created_at").filter(|at| at.parse::<u64>().is_ok())
}

/// Returns the end of the range that has the order's entries.
fn last_change(reading: &Reading) -> String {
    let changed = reading.field("updated_at").and_then(|at| at.parse::<u64>().ok());
    changed.map_or_else(|| "+".to_owned(), |at| at.saturating_add(SLACK).to_string())
}

/// Returns the number of the order's entries, as the order counts them.
fn counted(reading: &Reading) -> usize {
    let counts = COUNTS.iter().filter_map(|name| reading.field(name)?.parse::<usize>().ok());
    counts.fold(0, usize::saturating_add)
}

async fn read_ranges(
    databases: &Databases,
    readings: &[Reading],
    ranges: Vec<Range>,
    found: &mut Found,
) -> Result<()> {
    let mut pages = Pages::of(ranges);
    while let Some(Part { lists, page, .. }) = pages.next() {
        let mut commands = pipe();
        for Range { user, from, to, .. } in &lists {
            commands.cmd("XRANGE").arg(format!("{{pay}}:u:{user}:ledger"));
            commands.arg(from).arg(to).arg("COUNT").arg(page);
        }
        let mut answers = databases.payment.ask(commands).await?;
        let mut further = Vec::new();
        for range in lists {
            let part: Vec<StreamEntry> = entries(answers.next());
            let last = part.last().map(|(id, _)| format!("({id}")).filter(|_| part.len() == page);
            let Some(reading) = readings.get(range.of) else { continue };
            let order = reading.id.to_string();
            let own = part.into_iter().filter(|(_, fields)| fields.get("order") == Some(&order));
            found.entry((range.of, range.user.clone())).or_default().extend(own);
            further.extend(last.map(|from| Range { from, ..range }));
        }
        pages.go_on(further);
    }
    Ok(())
}
