//! A snapshot and a history, sorted by order.

use std::collections::{BTreeMap, BTreeSet};

use estore_contract::{OrderId, payment::TransactionType};

use super::{CheckOptions, When};
use crate::{
    history::{Op, OpKind},
    stores::{Entry, Order, OrderState, Refund, Snapshot, State, View},
};

/// The input of every equation.
pub(super) struct Case<'a> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) history: &'a [Op],
    pub(super) when: When,
    pub(super) options: &'a CheckOptions,
    ledger: BTreeMap<OrderId, Vec<&'a Entry>>,
    views: BTreeMap<OrderId, Vec<&'a View>>,
    operations: BTreeMap<OrderId, Vec<&'a Op>>,
}

/// Returns the order that a member of a set names, if it is written as the functions write it.
pub(super) fn order_of(member: &str) -> Option<OrderId> {
    let id: OrderId = member.parse().ok()?;
    (id.to_string() == member).then_some(id)
}

/// Returns the order of a task or an email: the part before the first slash.
pub(super) fn owner_of(member: &str) -> Option<OrderId> {
    order_of(member.split('/').next().unwrap_or_default())
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
        let mut views = BTreeMap::<_, Vec<_>>::new();
        for view in &snapshot.views {
            views.entry(view.order.id).or_default().push(view);
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
        Self { snapshot, history, when, options, ledger, views, operations }
    }

    /// Returns every order that anything in the stores names.
    pub(super) fn ids(&self) -> BTreeSet<OrderId> {
        let Snapshot { orders, refunds, payments, reservations, .. } = self.snapshot;
        let Snapshot { index, open, due, work, mail, booked, users, .. } = self.snapshot;
        let mut ids: BTreeSet<OrderId> = orders.keys().copied().collect();
        ids.extend(refunds.keys().map(|(id, _)| *id));
        ids.extend(payments.keys().chain(reservations.keys()));
        ids.extend(self.ledger.keys().chain(self.views.keys()));
        ids.extend(index.keys().chain(open.keys()).chain(due.keys()).filter_map(|id| order_of(id)));
        ids.extend(booked.iter().filter_map(|id| order_of(id)));
        ids.extend(work.keys().chain(mail.keys()).filter_map(|member| owner_of(member)));
        let lists = users.values().flat_map(|user| user.orders.keys().chain(user.open.keys()));
        ids.extend(lists.filter_map(|id| order_of(id)));
        ids
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.when == When::Quiet
    }

    /// Returns true if nothing about the order is in progress, so that all must hold that holds in
    /// a quiet shop.
    pub(super) fn rests(&self, id: OrderId) -> bool {
        match self.when {
            When::Quiet => true,
            When::Always | When::Lossy => false,
            When::Running => {
                self.order(id).is_some_and(|order| order.state.is_final())
                    && self.refunds(id).all(|(_, refund)| refund.state.is_final())
            }
        }
    }

    pub(super) fn order(&self, id: OrderId) -> Option<&'a Order> {
        self.snapshot.orders.get(&id)
    }

    pub(super) fn views(&self, order: OrderId) -> &[&'a View] {
        self.views.get(&order).map_or(&[], Vec::as_slice)
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

    /// Returns true if a cancelled order's void found a capture, and all of it was refunded
    /// (order-flow section 3). Refund 0 is the rest: before a restore, the gateway may have made
    /// other refunds (section 7).
    pub(super) fn was_captured_and_refunded(&self, id: OrderId, order: &Order) -> bool {
        let amount = order.price.as_ref().map(|price| i128::from(price.amount));
        let refunds: Vec<_> =
            self.entries(id).iter().filter(|entry| entry.kind == TransactionType::Refund).collect();
        let sum: i128 = refunds.iter().map(|refund| i128::from(refund.amount)).sum();
        order.state == OrderState::Cancelled
            && self.count(id, TransactionType::Capture) == 1
            && Some(sum) == amount
    }

    /// Returns true if the reconciler has yet to restock an order that a restore lost (order-flow
    /// section 7).
    pub(super) fn is_restocked_later(&self, id: OrderId) -> bool {
        self.when == When::Running
            && self.snapshot.unsettled.contains(&id.to_string())
            && self.order(id).is_none_or(|order| order.is_lost() && order.state == OrderState::Cancelled)
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
