//! A snapshot and a history, sorted by order.

use std::collections::BTreeMap;

use estore_contract::{OrderId, payment::TransactionType};

use super::{CheckOptions, When};
use crate::{
    history::{Op, OpKind},
    stores::{Entry, Order, OrderState, Refund, Snapshot},
};

/// The input of every equation.
pub(super) struct Case<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) history: &'a [Op],
    pub(super) when: When,
    pub(super) options: &'a CheckOptions,
    ledger: BTreeMap<OrderId, Vec<&'a Entry>>,
    operations: BTreeMap<OrderId, Vec<&'a Op>>,
}

impl<'a> Case<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        history: &'a [Op],
        when: When,
        options: &'a CheckOptions,
    ) -> Self {
        let mut ledger = BTreeMap::<_, Vec<_>>::new();
        for entry in &snapshot.ledger {
            ledger.entry(entry.order).or_default().push(entry);
        }
        let mut operations = BTreeMap::<_, Vec<_>>::new();
        for op in history {
            let mut about: Vec<OrderId> =
                op.kind.order().into_iter().chain(op.seen_order().map(|order| order.id)).collect();
            about.dedup();
            for order in about {
                operations.entry(order).or_default().push(op);
            }
        }
        Self { snapshot, history, when, options, ledger, operations }
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.when == When::Quiet
    }

    /// Returns every order in the ledger, with its entries.
    pub(super) fn ledger(&self) -> impl Iterator<Item = (OrderId, &[&'a Entry])> {
        self.ledger.iter().map(|(id, entries)| (*id, entries.as_slice()))
    }

    pub(super) fn entries(&self, order: OrderId) -> &[&'a Entry] {
        self.ledger.get(&order).map_or(&[], Vec::as_slice)
    }

    /// Counts an order's ledger entries of one type.
    pub(super) fn count(&self, order: OrderId, kind: TransactionType) -> usize {
        self.entries(order).iter().filter(|entry| entry.kind == kind).count()
    }

    /// Returns an order's refunds with their numbers.
    pub(super) fn refunds(&self, order: OrderId) -> impl Iterator<Item = (i64, &'a Refund)> + use<'a> {
        self.snapshot
            .refunds
            .range((order, i64::MIN)..=(order, i64::MAX))
            .map(|((_, n), refund)| (*n, refund))
    }

    /// Returns true if a cancelled order's void found a capture, and all of it was refunded at once
    /// as refund 0 (order-flow section 3).
    pub(super) fn was_captured_and_refunded(&self, id: OrderId, order: &Order) -> bool {
        let amount = order.price.as_ref().map(|price| price.amount);
        let refunds: Vec<_> =
            self.entries(id).iter().filter(|entry| entry.kind == TransactionType::Refund).collect();
        order.state == OrderState::Cancelled
            && self.count(id, TransactionType::Capture) == 1
            && matches!(refunds.as_slice(), [refund] if refund.n == Some(0) && Some(refund.amount) == amount)
    }

    /// Returns the clients' operations on an order.
    pub(super) fn operations(&self, order: OrderId) -> &[&'a Op] {
        self.operations.get(&order).map_or(&[], Vec::as_slice)
    }

    /// Returns the ids of the clients' operations on an order, a refund or a SKU, by its name.
    pub(super) fn operations_about<'b>(&'b self, subject: &'b str) -> Box<dyn Iterator<Item = u64> + 'b> {
        let order = subject.split('/').next().and_then(|id| id.parse::<OrderId>().ok());
        if let Some(order) = order {
            return Box::new(self.operations(order).iter().map(|op| op.id));
        }
        let wants = move |op: &&Op| match &op.kind {
            OpKind::Order { lines, .. } => lines.iter().any(|(sku, _)| sku.as_str() == subject),
            _ => false,
        };
        Box::new(self.history.iter().filter(wants).map(|op| op.id))
    }
}
