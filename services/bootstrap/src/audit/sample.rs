//! A bounded number of the orders that need a second look: each takes some kilobytes. A fault of
//! very many orders is shown by the first of them.

use std::collections::BTreeSet;

use estore_contract::OrderId;

/// The most orders with a finding that are read again.
pub(super) const SUSPECTS: usize = 2000;
/// The most orders with an event that is allowed and should never happen.
pub(super) const ALARMED: usize = 500;
/// The most orders that were in progress or changed meanwhile.
pub(super) const MOVING: usize = 5000;

/// The first of many orders, and the number of the others.
#[derive(Debug)]
pub(super) struct Sample {
    orders: BTreeSet<OrderId>,
    most: usize,
    unseen: u64,
}

impl Sample {
    /// Creates a sample of at most so many orders.
    pub(super) fn of(most: usize) -> Self {
        Self { orders: BTreeSet::new(), most, unseen: 0 }
    }

    /// Adds an order. Returns false if there is no room for it.
    pub(super) fn add(&mut self, order: OrderId) -> bool {
        let there = self.orders.contains(&order);
        if !there && self.orders.len() >= self.most {
            self.unseen += 1;
            return false;
        }
        there || self.orders.insert(order)
    }

    pub(super) fn orders(&self) -> &BTreeSet<OrderId> {
        &self.orders
    }

    /// Returns a remark about orders that are not in it; `what` describes all of them. An order
    /// with several findings counts as often.
    pub(super) fn remark(&self, what: &str) -> Option<String> {
        let Self { most, unseen, .. } = self;
        (*unseen > 0).then(|| {
            format!("more than {most} orders {what}; the others (about {unseen}) were not read again")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(n: u32) -> OrderId {
        let user = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01".parse().unwrap();
        OrderId::of(user, &n.to_string())
    }

    #[test]
    fn full_sample_counts_other_orders() {
        let mut sample = Sample::of(3);
        assert!((0..3).all(|n| sample.add(order(n))));
        assert_eq!(sample.remark("have a finding"), None);
        assert!(sample.add(order(1)) && !sample.add(order(3)) && !sample.add(order(4)));
        assert_eq!(sample.orders().len(), 3);
        let remark = "more than 3 orders have a finding; the others (about 2) were not read again";
        assert_eq!(sample.remark("have a finding").as_deref(), Some(remark));
    }
}
