//! The drivers: requests, the worker, the reconciler. Each has one call on its way at a time, and
//! its reaction to the answer depends on what it saw last. It takes an answer as soon as the call
//! was done, because nothing between the two concerns others. A slow driver is a call that is
//! delivered late.

mod order;
mod reconcile;
mod refund;

pub(crate) use order::{Buying, Protocol, drive as drive_order};
pub(crate) use reconcile::Reconciling;
pub(crate) use refund::{Refunding, drive as drive_refund};

use estore_contract::OrderId;
use estore_payment::domain::State;

use super::{calls::Call, emulated::Reply};

/// The party that a driver works for.
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

/// A driver, and the answer that it waits for.
#[derive(Debug, Clone)]
pub(crate) struct Driver {
    pub(crate) who: Who,
    pub(crate) doing: Doing,
}

/// A driver's current activity.
#[derive(Debug, Clone)]
pub(crate) enum Doing {
    Buying(Buying),
    Refunding(Refunding),
    Reconciling(Reconciling),
}

/// A driver's reaction to an answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outcome {
    /// The next activity; none if the driver has ended.
    pub(crate) next: Option<Doing>,
    /// The order's state that its client got.
    pub(crate) told: Option<State>,
    /// The alarm that it raises.
    pub(crate) alarm: Option<String>,
}

impl From<Doing> for Outcome {
    fn from(next: Doing) -> Self {
        Self { next: Some(next), ..Self::default() }
    }
}

impl Outcome {
    /// Returns the outcome of an answer that the driver never expects.
    fn odd(what: impl Into<String>) -> Self {
        Self { alarm: Some(what.into()), ..Self::default() }
    }
}

impl Driver {
    /// Returns the call that is on its way.
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

    /// Gives up waiting: the outcome of the call is unknown.
    pub(crate) fn unknown(&self) -> Outcome {
        match &self.doing {
            Doing::Buying(at) => at.unknown(self.who),
            Doing::Refunding(at) => at.unknown(),
            Doing::Reconciling(_) => Outcome::default(),
        }
    }

    /// Returns true if it only postpones its work.
    pub(crate) fn puts_off(&self) -> bool {
        matches!(self.doing, Doing::Buying(Buying::Postpone(_)) | Doing::Refunding(Refunding::Postpone(_)))
    }

    /// Returns its member of the work set. The worker must not take this member while the driver
    /// works on it, unless its lease ends too early.
    pub(crate) fn member(&self) -> Option<String> {
        let refund = |order: OrderId, n: u32| format!("{order}/{n}");
        match &self.doing {
            Doing::Buying(at) => Some(at.order().to_string()),
            Doing::Refunding(at) => at.place().map(|(order, n)| refund(order, n)),
            Doing::Reconciling(_) => None,
        }
    }
}
