//! A comparison of two long lists in little memory: what orders must have in the ledger or in the
//! journal, and what is there. Each item is added as a random-looking number, on one side as a
//! plus, on the other as a minus. The sums are kept by groups of orders, so that a group that does
//! not come to zero names its orders.

use std::{
    collections::BTreeSet,
    hash::{DefaultHasher, Hash, Hasher},
};

use estore_checker::stores::{Entry, Movement};
use estore_contract::OrderId;

/// The number of bits of an order's id that name its group.
const BITS: u32 = 16;
/// The number of groups.
pub(super) const GROUPS: u64 = 1 << BITS;

/// The group of an order: some 15 orders in a shop with a million.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Group(u16);

impl Group {
    pub(super) fn of(order: OrderId) -> Self {
        Self(u16::try_from(order.0.as_u128() >> (128 - BITS)).unwrap_or_default())
    }
}

/// The sums of all groups: half a MiB.
pub(super) struct Balance(Vec<u64>);

impl Default for Balance {
    fn default() -> Self {
        Self(vec![0; 1 << BITS])
    }
}

impl Balance {
    /// Adds the weight of something that is there.
    pub(super) fn add(&mut self, order: OrderId, weight: u64) {
        self.change(order, |sum| sum.wrapping_add(weight));
    }

    /// Subtracts the weight of something that must be there.
    pub(super) fn subtract(&mut self, order: OrderId, weight: u64) {
        self.change(order, |sum| sum.wrapping_sub(weight));
    }

    fn change(&mut self, order: OrderId, to: impl FnOnce(u64) -> u64) {
        let Group(group) = Group::of(order);
        if let Some(sum) = self.0.get_mut(usize::from(group)) {
            *sum = to(*sum);
        }
    }

    /// Returns the groups in which the two sides differ.
    pub(super) fn off(&self) -> BTreeSet<Group> {
        let groups = (0..=u16::MAX).zip(&self.0);
        groups.filter(|(_, sum)| **sum != 0).map(|(group, _)| Group(group)).collect()
    }
}

fn mark(of: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    of.hash(&mut hasher);
    hasher.finish()
}

/// Returns the weight of an entry in the ledger.
pub(super) fn of_entry(entry: &Entry) -> u64 {
    let money = (entry.amount, entry.currency, entry.debit, entry.credit);
    mark((entry.order, entry.user, entry.kind.as_str(), money, entry.n))
}

/// Returns the weight of a movement of an order's stock. Two movements of some units weigh as much
/// as one movement of all units and one of none. A reservation does not say which return brought
/// what.
pub(super) fn of_movement(order: OrderId, movement: &Movement) -> u64 {
    let mut weight = mark((order, movement.kind));
    for (sku, units) in &movement.lines {
        let each = mark((order, movement.kind, sku.as_str()));
        weight = weight.wrapping_add(each.wrapping_mul(units.cast_unsigned()));
    }
    weight
}

#[cfg(test)]
mod tests {
    use estore_checker::stores::MovementKind::{self, Confirmed, Held, Returned};

    use super::*;

    fn order(n: u32) -> OrderId {
        let user = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01".parse().unwrap();
        OrderId::of(user, &n.to_string())
    }

    fn movement(kind: MovementKind, lines: &[(&str, i64)]) -> Movement {
        let lines = lines.iter().map(|(sku, units)| (sku.parse().unwrap(), *units)).collect();
        Movement { id: String::new(), kind, order: None, lines }
    }

    #[test]
    fn equal_lists_balance_in_any_order() {
        let mut balance = Balance::default();
        let moved = [movement(Held, &[("MUG", 2)]), movement(Confirmed, &[("MUG", 2)])];
        for n in 0..1000 {
            for one in &moved {
                balance.add(order(n), of_movement(order(n), one));
            }
        }
        for n in (0..1000).rev() {
            moved.iter().rev().for_each(|one| balance.subtract(order(n), of_movement(order(n), one)));
        }
        assert_eq!(balance.off(), BTreeSet::new());
    }

    #[test]
    fn difference_names_the_group_of_its_order() {
        let mut balance = Balance::default();
        balance.add(order(1), of_movement(order(1), &movement(Held, &[("MUG", 2)])));
        balance.subtract(order(1), of_movement(order(1), &movement(Held, &[("MUG", 3)])));
        assert_eq!(balance.off(), BTreeSet::from([Group::of(order(1))]));
    }

    #[test]
    fn returns_weigh_the_same_in_any_parts() {
        let parts = [movement(Returned, &[("MUG", 1)]), movement(Returned, &[("MUG", 2), ("PEN", 1)])];
        let whole = [movement(Returned, &[("MUG", 3), ("PEN", 1)]), movement(Returned, &[])];
        let weigh = |moved: &[Movement]| {
            moved.iter().fold(0_u64, |sum, one| sum.wrapping_add(of_movement(order(1), one)))
        };
        assert_eq!(weigh(&parts), weigh(&whole));
        assert_ne!(weigh(&parts), weigh(&parts[1..]));
    }
}
