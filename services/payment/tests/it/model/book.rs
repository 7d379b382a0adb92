//! The numbered things that the world keeps.

use std::{collections::HashMap, hash::Hash};

use estore_payment::domain::State as Stands;

use super::{
    calls::{Call, Side},
    drivers::Driver,
    emulated::Store,
    facts::{GatewayFacts, InventoryFacts, PaymentFacts},
};

/// Gives each thing a number, from 0.
pub(super) struct Book<K, V> {
    numbers: HashMap<K, u32>,
    pub(super) things: Vec<V>,
}

impl<K: Eq + Hash, V> Book<K, V> {
    pub(super) fn new() -> Self {
        Self { numbers: HashMap::new(), things: Vec::new() }
    }

    pub(super) fn number(&mut self, key: K, thing: impl FnOnce() -> V) -> u32 {
        let things = &mut self.things;
        *self.numbers.entry(key).or_insert_with(|| {
            things.push(thing());
            u32::try_from(things.len() - 1).unwrap()
        })
    }

    pub(super) fn get(&self, number: u32) -> &V {
        &self.things[number as usize]
    }
}

/// A store, with the facts that the equations need of it.
pub(crate) struct Kept {
    pub(crate) side: Side,
    pub(crate) store: Store,
    pub(crate) facts: Facts,
}

/// The facts that the equations need of a store.
pub(crate) enum Facts {
    Inventory(InventoryFacts),
    Payment(PaymentFacts),
    Gateway(GatewayFacts),
}

/// A call, and the buyer whose order it is about.
pub(crate) struct Called {
    pub(crate) call: Call,
    pub(crate) order: Option<usize>,
}

/// A driver with its call.
pub(crate) struct Placed {
    pub(crate) driver: Driver,
    pub(crate) call: u32,
    pub(crate) member: Option<String>,
}

/// A driver's next step.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Step {
    /// The driver's new number; none if it has ended.
    pub(crate) next: Option<u32>,
    /// The order's state that its client got.
    pub(crate) told: Option<Stands>,
    /// True if an alarm was raised that should never be raised here.
    pub(crate) alarmed: bool,
}

impl Facts {
    pub(super) fn of(side: Side, store: &Store) -> Self {
        match side {
            Side::Inventory => Self::Inventory(InventoryFacts::of(store)),
            Side::Payment => Self::Payment(PaymentFacts::of(store)),
            Side::Gateway => Self::Gateway(GatewayFacts::of(store)),
        }
    }
}
