//! The states in which nothing is left to do.

use super::{cast::LATER, scenario::Scenario, state::State, world::World};

/// The rounds that the reconciler needs at most to settle a quiet state.
pub(crate) const MOST_ROUNDS: u8 = 4;

pub(crate) fn is_taken(world: &World, state: &State, member: &str) -> bool {
    state.drivers.iter().any(|driver| world.driver(*driver).member.as_deref() == Some(member))
}

pub(crate) fn must_sweep(world: &World, state: &State) -> bool {
    state.later && world.inventory(state.stores[0]).first_deadline.is_some_and(|deadline| deadline <= LATER)
}

/// Returns true if no driver works, nothing waits, and every hold is over. Lost calls may still
/// arrive.
pub(crate) fn is_still(world: &World, state: &State) -> bool {
    state.drivers.is_empty()
        && world.work(state.stores[1]).is_empty()
        && state.later
        && !must_sweep(world, state)
}

/// Returns true if the reconciler has read and settled everything.
pub(crate) fn is_settled(world: &World, state: &State) -> bool {
    let payment = world.payment(state.stores[1]);
    let last = world.inventory(state.stores[0]).last_entry.map(|(ms, n)| format!("{ms}-{n}"));
    payment.settled && payment.journal_place == last
}

/// Returns true if the equations of quiet states must hold now: the state is still, and only faults
/// and clients can change it.
pub(crate) fn is_quiet(world: &World, scenario: &Scenario, state: &State) -> bool {
    let settles = scenario.reconciles() && state.settling < MOST_ROUNDS && !is_settled(world, state);
    is_still(world, state) && !settles
}

/// Returns true if the reconciler could not settle a quiet state.
pub(crate) fn is_unsettled(world: &World, scenario: &Scenario, state: &State) -> bool {
    scenario.reconciles()
        && state.settling == MOST_ROUNDS
        && is_still(world, state)
        && !is_settled(world, state)
}
