//! What is explored: who does what, and how much may go wrong.

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

/// A scenario.
#[derive(Clone)]
pub(crate) struct Scenario {
    /// Pieces of the one SKU.
    pub(crate) stock: u32,
    /// What a piece costs.
    pub(crate) price: i64,
    /// Pieces that each buyer buys; 0 is nothing.
    pub(crate) pieces: [u32; 2],
    /// Whether buyer 1's card declines.
    pub(crate) declines: bool,
    /// How many pieces are sold where nothing disturbs.
    pub(crate) sells: Option<i64>,
    pub(crate) left: Left,
    /// Whether steps that concern nobody else are taken first.
    pub(crate) reduced: bool,
    /// Pieces that admins refund of buyer 0's order, which is completed before it begins.
    pub(crate) refunds: Vec<u32>,
    pub(crate) reconciler: Reconciler,
    /// The state in which a service of an earlier version left buyer 0's order; `None` if its buyer is about to ask for it.
    pub(crate) earlier: Option<Stands>,
    /// What may ask for a person here.
    pub(crate) alarms: &'static [&'static str],
    pub(crate) protocol: Protocol,
    pub(crate) changes: Vec<Change>,
}

/// Whether the reconciler runs: now and then, where `Left` has rounds, and until everything is settled once all is still.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reconciler {
    Off,
    On,
    /// And Inventory sold to buyer 0 an order that Payment does not know.
    WithLostOrder,
}

impl Scenario {
    /// Whether the reconciler runs.
    pub(crate) fn reconciles(&self) -> bool {
        self.reconciler != Reconciler::Off
    }

    fn loses_an_order(&self) -> bool {
        self.reconciler == Reconciler::WithLostOrder
    }

    /// Two buyers and one piece; nothing goes wrong.
    pub(crate) fn new() -> Self {
        Self {
            stock: 1,
            price: cast::PRICE,
            pieces: [1, 1],
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

    /// Where it begins.
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
            for call in cast::sale(self.pieces[0]) {
                state.do_now(world, call);
            }
        }
        for call in self.earlier.map(earlier::calls).unwrap_or_default() {
            state.do_now(world, call);
        }
        for (buyer, pieces) in self.pieces.into_iter().enumerate() {
            let is_there = buyer == 0 && (self.loses_an_order() || self.earlier.is_some());
            if pieces > 0 && !is_there {
                state.begin(world, Who::Buyer(buyer), Doing::Buying(Buying::Create(buyer, pieces)));
                if buyer == 0 && !self.refunds.is_empty() {
                    state.settle(world, self);
                }
            }
        }
        for (key, pieces) in self.refunds.iter().enumerate() {
            state.begin_refund(world, key, *pieces);
        }
        state.broken = equations::broken(world, self, &state);
        state
    }
}
