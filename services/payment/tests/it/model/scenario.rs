//! The scenario to explore: the parties, their actions, and the number of faults.

use estore_payment::domain::State as Stands;

use super::{
    calls::Side,
    cast,
    drivers::{Buying, Doing, Protocol, Who},
    earlier,
    emulated::Store,
    equations,
    libraries::Change,
    state::{Left, State},
    world::World,
};

#[derive(Clone)]
pub(crate) struct Scenario {
    /// Units of the one SKU.
    pub(crate) stock: u32,
    /// The price of a unit.
    pub(crate) price: i64,
    /// Units that each buyer buys; 0 is nothing.
    pub(crate) units: [u32; 2],
    /// True if buyer 1's card declines.
    pub(crate) declines: bool,
    /// The number of units sold if nothing disturbs.
    pub(crate) sells: Option<i64>,
    pub(crate) left: Left,
    /// True if steps that affect nothing else are taken first.
    pub(crate) reduced: bool,
    /// Units that admins refund of buyer 0's order, which is completed before the start.
    pub(crate) refunds: Vec<u32>,
    pub(crate) reconciler: Reconciler,
    /// The state in which a service of an earlier version left buyer 0's order; `None` if its buyer
    /// is about to request it.
    pub(crate) earlier: Option<Stands>,
    /// The alarms that may be raised here.
    pub(crate) alarms: &'static [&'static str],
    pub(crate) protocol: Protocol,
    pub(crate) changes: Vec<Change>,
}

/// The reconciler's mode. It runs now and then if `Left` has rounds, and until everything is
/// settled once all is still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reconciler {
    Off,
    On,
    /// On, and Inventory sold to buyer 0 an order that Payment does not know.
    WithLostOrder,
}

impl Scenario {
    pub(crate) fn reconciles(&self) -> bool {
        self.reconciler != Reconciler::Off
    }

    fn loses_an_order(&self) -> bool {
        self.reconciler == Reconciler::WithLostOrder
    }

    /// Returns a scenario of two buyers and one unit in which nothing goes wrong.
    pub(crate) fn new() -> Self {
        Self {
            stock: 1,
            price: cast::PRICE,
            units: [1, 1],
            declines: false,
            sells: Some(1),
            left: Left::NONE,
            reduced: true,
            refunds: Vec::new(),
            reconciler: Reconciler::Off,
            earlier: None,
            alarms: &[],
            protocol: Protocol::REAL,
            changes: Vec::new(),
        }
    }

    /// Returns the first state.
    pub(crate) fn begin(&self, world: &mut World) -> State {
        let mut state = State {
            stores: Side::ALL.map(|side| world.keep(side, Store::default())),
            drivers: Vec::new(),
            late: Vec::new(),
            later: false,
            left: self.left,
            told: [0, 0],
            disturbed: false,
            alarmed: false,
            settling: 0,
            broken: 0,
        };
        for call in cast::stage(self.stock, self.price, self.declines) {
            state.do_now(world, call);
        }
        if self.loses_an_order() {
            for call in cast::sale(self.units[0]) {
                state.do_now(world, call);
            }
        }
        for call in self.earlier.map(earlier::calls).unwrap_or_default() {
            state.do_now(world, call);
        }
        for (buyer, units) in self.units.into_iter().enumerate() {
            let is_there = buyer == 0 && (self.loses_an_order() || self.earlier.is_some());
            if units > 0 && !is_there {
                state.begin(world, Who::Buyer(buyer), Doing::Buying(Buying::Create(buyer, units)));
                if buyer == 0 && !self.refunds.is_empty() {
                    state.settle(world, self);
                }
            }
        }
        for (key, units) in self.refunds.iter().enumerate() {
            state.begin_refund(world, key, *units);
        }
        state.broken = equations::broken(world, self, &state);
        state
    }
}
