//! When there is nothing left to do.

use super::{cast::LATER, scenario::Scenario, state::State, world::World};

/// The reconciler needs no more to settle what is quiet.
pub(crate) const MOST_ROUNDS: u8 = 4;

pub(crate) fn is_taken(world: &World, state: &State, member: &str) -> bool {
    state.drivers.iter().any(|driver| world.driver(*driver).member.as_deref() == Some(member))
}

pub(crate) fn must_sweep(world: &World, state: &State) -> bool {
    state.later && world.inventory(state.stores[0]).first_deadline.is_some_and(|deadline| deadline <= LATER)
}

/// Nobody is at anything, nothing waits, and every hold is over. Calls that were lost may still arrive.
pub(crate) fn is_still(world: &World, state: &State) -> bool {
    state.drivers.is_empty()
        && world.work(state.stores[1]).is_empty()
        && state.later
        && !must_sweep(world, state)
}

/// Whether the reconciler has read everything, and settled it.
pub(crate) fn is_settled(world: &World, state: &State) -> bool {
    let payment = world.payment(state.stores[1]);
    let last = world.inventory(state.stores[0]).last_entry.map(|(ms, n)| format!("{ms}-{n}"));
    payment.settled && payment.journal_place == last
}

/// Whether what must hold when quiet must hold now: it is still, and nothing but faults and clients can change it.
pub(crate) fn is_quiet(world: &World, scenario: &Scenario, state: &State) -> bool {
    let settles = scenario.reconciles() && state.settling < MOST_ROUNDS && !is_settled(world, state);
    is_still(world, state) && !settles
}

/// Whether the reconciler could not settle what is quiet.
pub(crate) fn is_unsettled(world: &World, scenario: &Scenario, state: &State) -> bool {
    scenario.reconciles()
        && state.settling == MOST_ROUNDS
        && is_still(world, state)
        && !is_settled(world, state)
}
