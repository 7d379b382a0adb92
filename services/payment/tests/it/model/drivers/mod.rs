//! Who moves things on: requests, the worker, the reconciler. Each has one call on its way at a time, and what it does with the
//! answer depends on what it saw last. An answer is taken as soon as the call was done: what lies between is the driver's own
//! affair, and a slow one is a call that is delivered late.

mod order;
mod reconcile;
mod refund;

pub(crate) use order::{Buying, Protocol, drive as drive_order};
pub(crate) use reconcile::Reconciling;
pub(crate) use refund::{Refunding, drive as drive_refund};

use estore_contract::OrderId;
use estore_payment::domain::State;

use super::{calls::Call, emulated::Reply};

/// For whom a driver works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// The request of a buyer that buys.
    Buyer(usize),
    /// The request of a buyer that cancels.
    Canceller(usize),
    /// The request of an admin that refunds; the number is the key's.
    Admin(usize),
    Worker,
    Reconciler,
}

/// A driver: what it waits for.
#[derive(Debug, Clone)]
pub(crate) struct Driver {
    pub(crate) who: Who,
    pub(crate) doing: Doing,
}

/// What a driver is at.
#[derive(Debug, Clone)]
pub(crate) enum Doing {
    Buying(Buying),
    Refunding(Refunding),
    Reconciling(Reconciling),
}

/// What a driver makes of an answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    /// What it waits for now; nothing where it has ended.
    pub(crate) next: Option<Doing>,
    /// How its client was told that the order stands.
    pub(crate) told: Option<State>,
    /// What asks for a person.
    pub(crate) alarm: Option<String>,
}

impl From<Doing> for Outcome {
    fn from(next: Doing) -> Self {
        Self { next: Some(next), ..Self::default() }
    }
}

impl Outcome {
    /// It ended with something that it never expects.
    fn odd(what: impl Into<String>) -> Self {
        Self { alarm: Some(what.into()), ..Self::default() }
    }
}

impl Driver {
    /// The call that is on its way.
    pub(crate) fn call(&self) -> Call {
        match &self.doing {
            Doing::Buying(at) => at.call(),
            Doing::Refunding(at) => at.call(),
            Doing::Reconciling(at) => at.call(),
        }
    }

    /// Takes the answer.
    pub(crate) fn answered(&self, reply: Reply, protocol: &Protocol) -> Outcome {
        match &self.doing {
            Doing::Buying(at) => at.answered(self.who, reply, protocol),
            Doing::Refunding(at) => at.answered(reply),
            Doing::Reconciling(at) => at.answered(reply),
        }
    }

    /// Gives up waiting: nobody knows whether the call was done.
    pub(crate) fn unknown(&self) -> Outcome {
        match &self.doing {
            Doing::Buying(at) => at.unknown(self.who),
            Doing::Refunding(at) => at.unknown(),
            Doing::Reconciling(_) => Outcome::default(),
        }
    }

    /// Whether it only says when what it was at is tried again.
    pub(crate) fn puts_off(&self) -> bool {
        matches!(self.doing, Doing::Buying(Buying::Postpone(_)) | Doing::Refunding(Refunding::Postpone(_)))
    }

    /// Its place in the work set: what the worker must not take while it is at it, unless its lease ends too early.
    pub(crate) fn member(&self) -> Option<String> {
        let refund = |order: OrderId, n: u32| format!("{order}/{n}");
        match &self.doing {
            Doing::Buying(at) => Some(at.order().to_string()),
            Doing::Refunding(at) => at.place().map(|(order, n)| refund(order, n)),
            Doing::Reconciling(_) => None,
        }
    }
}
