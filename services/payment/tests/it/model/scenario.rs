//! What is explored: who does what, and how much may go wrong.

use super::{
    calls::Side,
    cast,
    drivers::{Buying, Doing, Protocol, Who},
    emulated::Store,
    equations,
    libraries::Change,
    shop::{Left, State},
    world::World,
};

/// A scenario.
#[derive(Clone)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing that may be so or not, apart from the others"
)]
pub(crate) struct Scenario {
    /// Pieces of the one SKU.
    pub(crate) stock: u32,
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
    /// Whether Inventory sold to buyer 0 an order that Payment does not know.
    pub(crate) lost_order: bool,
    /// Whether the reconciler settles everything in the end.
    pub(crate) reconciles: bool,
    /// What may ask for a person here.
    pub(crate) alarms: &'static [&'static str],
    pub(crate) protocol: Protocol,
    pub(crate) changes: Vec<Change>,
}

impl Scenario {
    /// Two buyers and one piece; nothing goes wrong.
    pub(crate) fn new() -> Self {
        Self {
            stock: 1,
            pieces: [1, 1],
            declines: false,
            sells: Some(1),
            left: Left::default(),
            reduced: true,
            refunds: Vec::new(),
            lost_order: false,
            reconciles: false,
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
        for call in cast::stage(self.stock, self.declines) {
            state.do_now(world, call);
        }
        if self.lost_order {
            for call in cast::sale(self.pieces[0]) {
                state.do_now(world, call);
            }
        }
        for (buyer, pieces) in self.pieces.into_iter().enumerate() {
            if pieces > 0 && !(buyer == 0 && self.lost_order) {
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
