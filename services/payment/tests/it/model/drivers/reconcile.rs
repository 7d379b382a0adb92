//! One round of the reconciler: `jobs/reconciler.rs`, with production's `reconcile`.

use estore_contract::{OrderId, reservation::ReservationStatus as Stock};
use estore_payment::domain::{
    State,
    protocol::{Finding, reconcile},
};
use serde_json::json;

use super::{Doing, Outcome};
use crate::model::{
    calls::{Call, Side},
    cast::EPOCH,
    emulated::Reply,
};

/// An order that does not agree with the journal's last entry about it.
type Unsettled = (OrderId, Option<State>);

/// The call that is on its way.
#[derive(Debug, Clone)]
pub(crate) enum Reconciling {
    /// Reads the place in the journal.
    Place,
    /// Reads the journal from there.
    Journal(String),
    /// Records the entries: the place before, the place after, orders and kinds.
    Note(String, String, Vec<(String, String)>),
    /// Reads the orders that do not agree.
    Due,
    /// Reads the reservation of the first of these.
    Stock(Vec<Unsettled>),
    /// Repairs the first of these.
    Mend(Finding, Vec<Unsettled>),
    /// Settles the first of these.
    Settle(Vec<Unsettled>),
}

impl From<Reconciling> for Outcome {
    fn from(next: Reconciling) -> Self {
        Doing::Reconciling(next).into()
    }
}

impl Reconciling {
    pub(super) fn call(&self) -> Call {
        const NONE: [&str; 0] = [];
        let first = |list: &Vec<Unsettled>| list[0].0.to_string();
        match self {
            Self::Place => Call::read(Side::Payment, "pay1_journal_place", NONE),
            Self::Journal(place) => {
                let from = if place.is_empty() { "-" } else { place };
                Call::read(Side::Inventory, "inv1_journal", [from, "100"])
            }
            Self::Note(from, to, entries) => {
                let ends = [from.clone(), to.clone()];
                let entries = entries.iter().flat_map(|(order, kind)| [order.clone(), kind.clone()]);
                Call::new(Side::Payment, "pay1_note", ends.into_iter().chain(entries))
            }
            // The explorer also chooses the moment at which an order is old enough.
            Self::Due => Call::new(Side::Payment, "pay1_reconcile", [0, 100]),
            Self::Stock(list) => Call::read(Side::Inventory, "inv1_reservation", [first(list)]),
            Self::Mend(Finding::Restock, list) => {
                Call::new(Side::Inventory, "inv1_return_at", [EPOCH.to_string(), first(list), "0".to_owned()])
            }
            Self::Mend(_, list) => {
                Call::new(Side::Inventory, "inv1_release_at", [EPOCH.to_string(), first(list)])
            }
            Self::Settle(list) => Call::new(Side::Payment, "pay1_settled", [first(list)]),
        }
    }

    pub(super) fn answered(&self, reply: Reply) -> Outcome {
        match self {
            Self::Place => Self::Journal(reply.into_text()).into(),
            Self::Journal(place) => {
                let rows: Vec<_> = reply.into_list().into_iter().map(Reply::into_texts).collect();
                let Some(last) = rows.last() else { return Self::Due.into() };
                let entries = rows.iter().filter(|row| !row[2].is_empty());
                let entries = entries.map(|row| (row[2].clone(), row[1].clone())).collect();
                Self::Note(place.clone(), last[0].clone(), entries).into()
            }
            Self::Note(..) => Self::Due.into(),
            Self::Due => {
                let rows = reply.into_list().into_iter().skip(1).map(Reply::into_texts);
                next(rows.map(|row| (row[0].parse().unwrap(), State::parse(&row[1]))).collect())
            }
            Self::Stock(list) => {
                let word = reply.word();
                let stock: Option<Stock> =
                    if word == "none" { None } else { Some(serde_json::from_value(json!(word)).unwrap()) };
                match reconcile(list[0].1, stock) {
                    Finding::Wait => next(list[1..].to_vec()),
                    Finding::Agree => Self::Settle(list.clone()).into(),
                    Finding::Alarm => Outcome {
                        alarm: Some("completed_without_stock".to_owned()),
                        ..Self::Settle(list.clone()).into()
                    },
                    finding => Self::Mend(finding, list.clone()).into(),
                }
            }
            Self::Mend(_, list) => match reply.word().as_str() {
                // An error ends the round.
                "none" | "closed" | "too_many" | "confirmed" => Outcome::odd(format!("{self:?}: {reply:?}")),
                _ => Self::Settle(list.clone()).into(),
            },
            Self::Settle(list) => next(list[1..].to_vec()),
        }
    }
}

fn next(list: Vec<Unsettled>) -> Outcome {
    if list.is_empty() { Outcome::default() } else { Reconciling::Stock(list).into() }
}
