//! The walk over all orders: each is read with all that belongs to it, and checked.

use std::{
    collections::{BTreeSet, HashSet},
    mem,
    sync::Arc,
};

use anyhow::Result;
use estore_checker::MoneySums;
use estore_contract::OrderId;

use super::{
    balance::Balance,
    beside::Beside,
    databases::{Beginning, Databases},
    index::Index,
    judge::{Books, Facts, judge},
    orders::MoreRefunds,
    sample::{self, Sample},
    tally::Tally,
};

/// The sums over all orders that rested when the audit began.
pub(super) struct Sums {
    pub(super) money: MoneySums,
    pub(super) ledger: Balance,
    pub(super) journal: Balance,
    /// The orders that are in no sum: those in progress, and those that changed since.
    left_out: Arc<HashSet<OrderId>>,
    /// The orders with a finding. It counts only if it is there when they are read again.
    pub(super) suspects: Sample,
    /// Those with an event that is allowed and should never happen.
    alarmed: Sample,
    /// Those without a finding that are in no sum.
    moving: Sample,
}

/// The sums to which entries of ledgers are added.
pub(super) struct LedgerSide<'a> {
    pub(super) money: &'a mut MoneySums,
    pub(super) ledger: &'a mut Balance,
    pub(super) left_out: &'a HashSet<OrderId>,
}

/// The sums to which movements of the journal are added, by a task of its own.
pub(super) struct JournalSide {
    pub(super) journal: Balance,
    pub(super) suspects: Sample,
    pub(super) left_out: Arc<HashSet<OrderId>>,
}

/// The result of a part.
#[derive(Default)]
struct Checked {
    money: MoneySums,
    /// The weights in the ledger and in the journal, of each order that rests.
    weights: Vec<(OrderId, u64, u64)>,
    left_out: Vec<OrderId>,
    suspects: Vec<OrderId>,
    alarmed: Vec<OrderId>,
    moving: Vec<OrderId>,
    reservations: u64,
    payments: u64,
    views: u64,
}

/// Walks over all orders that were created before the beginning. Those `apart` are in no sum.
pub(super) async fn walk(
    databases: &Databases,
    beginning: Beginning,
    size: usize,
    apart: &BTreeSet<OrderId>,
    tally: &mut Tally,
) -> Result<Sums> {
    let (databases, shared) = (Arc::new(databases.clone()), Arc::new(apart.clone()));
    let mut index = Index::before(beginning.at);
    let mut sums = Sums::without(apart);
    let mut parts = Beside::new();
    while let Some(part) = index.next(&databases, size).await? {
        for member in part.strange {
            tally.add(7, &member, "it stands in the list of orders, and names none");
        }
        tally.checked.orders += u64::try_from(part.ids.len())?;
        let part = check(databases.clone(), part.ids, beginning.at, shared.clone());
        if let Some(checked) = parts.begin(part).await? {
            sums.take(checked, tally);
        }
    }
    while let Some(checked) = parts.next().await? {
        sums.take(checked, tally);
    }
    Ok(sums)
}

async fn check(
    databases: Arc<Databases>,
    ids: Vec<OrderId>,
    began: i64,
    apart: Arc<BTreeSet<OrderId>>,
) -> Result<Checked> {
    let mut checked = Checked::default();
    for reading in databases.orders(&ids, &MoreRefunds::new()).await? {
        let id = reading.id;
        let has = |key: String| u64::from(reading.dump.contains_key(&key));
        checked.reservations += has(format!("{{inv}}:r:{id}"));
        checked.payments += has(format!("{{gw}}:p:{id}"));
        checked.views += has("{pay}:views".to_owned());
        if reading.archived {
            // It moved to the archive just now.
            checked.left_out.push(id);
            continue;
        }
        let verdict = judge(&reading, Books::Assumed, databases.books.is_some());
        let is_suspect = !verdict.violations.is_empty();
        if is_suspect {
            checked.suspects.push(id);
        } else if !verdict.alarms.is_empty() {
            checked.alarmed.push(id);
        }
        let rested = |facts: &Facts| facts.changed_at < began && !apart.contains(&id);
        if let Some(facts) = verdict.facts.filter(rested) {
            checked.money.merge(&facts.money);
            checked.weights.push((id, facts.entries, facts.movements));
            continue;
        }
        checked.left_out.push(id);
        if !is_suspect {
            checked.moving.push(id);
        }
    }
    Ok(checked)
}

impl Sums {
    fn without(apart: &BTreeSet<OrderId>) -> Self {
        Self {
            money: MoneySums::default(),
            ledger: Balance::default(),
            journal: Balance::default(),
            left_out: Arc::new(apart.iter().copied().collect()),
            suspects: Sample::of(sample::SUSPECTS),
            alarmed: Sample::of(sample::ALARMED),
            moving: Sample::of(sample::MOVING),
        }
    }

    /// Returns the sums to which entries of ledgers are added.
    pub(super) fn ledger_side(&mut self) -> LedgerSide<'_> {
        let Self { money, ledger, left_out, .. } = self;
        LedgerSide { money, ledger, left_out }
    }

    /// Takes the sums to which movements are added. [`Self::put_back`] returns them.
    pub(super) fn take_journal_side(&mut self) -> JournalSide {
        JournalSide {
            journal: mem::take(&mut self.journal),
            suspects: mem::replace(&mut self.suspects, Sample::of(sample::SUSPECTS)),
            left_out: self.left_out.clone(),
        }
    }

    pub(super) fn put_back(&mut self, JournalSide { journal, suspects, .. }: JournalSide) {
        (self.journal, self.suspects) = (journal, suspects);
    }

    /// Returns the orders to read again.
    pub(super) fn again(&self) -> impl Iterator<Item = OrderId> {
        let samples = [&self.suspects, &self.alarmed, &self.moving];
        samples.into_iter().flat_map(Sample::orders).copied()
    }

    /// Returns remarks about the orders that there were too many of.
    pub(super) fn remarks(&self) -> impl Iterator<Item = String> {
        [
            self.suspects.remark("have a finding"),
            self.alarmed
                .remark("were captured and refunded while they were undone, or have too many refunds"),
            self.moving.remark("were in progress or changed meanwhile"),
        ]
        .into_iter()
        .flatten()
    }

    fn take(&mut self, checked: Checked, tally: &mut Tally) {
        self.money.merge(&checked.money);
        for (id, entries, movements) in checked.weights {
            self.ledger.subtract(id, entries);
            self.journal.subtract(id, movements);
        }
        Arc::make_mut(&mut self.left_out).extend(checked.left_out);
        for (sample, orders) in [
            (&mut self.suspects, checked.suspects),
            (&mut self.alarmed, checked.alarmed),
            (&mut self.moving, checked.moving),
        ] {
            for order in orders {
                sample.add(order);
            }
        }
        tally.checked.reservations += checked.reservations;
        tally.checked.payments += checked.payments;
        tally.views += checked.views;
    }
}
