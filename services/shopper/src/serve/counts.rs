//! The counts of the load since the start.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use estore_checker::history::{Op, OpKind, Outcome, Seen};
use estore_contract::{
    demo::LoadCounts,
    payment::{Order, OrderStatus},
};

/// The counts, changed by any task.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    orders: AtomicU64,
    completed: AtomicU64,
    declined: AtomicU64,
    refused: AtomicU64,
    cancelled: AtomicU64,
    refunds: AtomicU64,
    unknown: AtomicU64,
}

/// An operation whose outcome is unknown, counted until this is dropped.
#[must_use = "it is counted until it is dropped"]
pub(super) struct Unknown<'a>(&'a AtomicU64);

impl Drop for Unknown<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

impl Counts {
    /// Counts a refusal, and a refund that was made.
    pub(super) fn ended(&self, op: &Op) {
        match (&op.kind, &op.outcome) {
            (OpKind::Refund { .. }, Outcome::Ok { seen: Seen::Refund { .. }, .. }) => {
                self.refunds.fetch_add(1, Relaxed);
            }
            // A decline, a cancel in time and a 404 before the order exists are parts of the mix.
            (OpKind::Order { .. } | OpKind::Refund { .. }, Outcome::Refused { code, .. })
                if code != "payment_declined" =>
            {
                self.refused.fetch_add(1, Relaxed);
            }
            _ => {}
        }
    }

    /// Counts a refusal of another operation.
    pub(super) fn is_refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    /// Counts an order by its end: as its customer saw it last, or the code of its refusal.
    pub(super) fn order(&self, end: Result<&Order, &str>) {
        let declined = |code: &str| code == "payment_declined";
        self.orders.fetch_add(1, Relaxed);
        match end {
            Ok(order) if order.status == OrderStatus::Cancelled => {
                let code = order.failure.as_ref().map_or("", |failure| failure.code.as_str());
                let count = if declined(code) { &self.declined } else { &self.cancelled };
                count.fetch_add(1, Relaxed);
            }
            Ok(order) if order.status == OrderStatus::Pending => {}
            Ok(_completed) => {
                self.completed.fetch_add(1, Relaxed);
            }
            Err(code) if declined(code) => {
                self.declined.fetch_add(1, Relaxed);
            }
            Err(_refused) => {}
        }
    }

    /// Counts an operation as unknown until the returned value is dropped.
    pub(super) fn unknown(&self) -> Unknown<'_> {
        self.unknown.fetch_add(1, Relaxed);
        Unknown(&self.unknown)
    }

    pub(super) fn read(&self, requests: u64) -> LoadCounts {
        LoadCounts {
            orders: self.orders.load(Relaxed),
            completed: self.completed.load(Relaxed),
            declined: self.declined.load(Relaxed),
            refused: self.refused.load(Relaxed),
            cancelled: self.cancelled.load(Relaxed),
            refunds: self.refunds.load(Relaxed),
            unknown: self.unknown.load(Relaxed),
            requests,
        }
    }
}
