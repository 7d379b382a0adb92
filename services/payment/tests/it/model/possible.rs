//! The actions that are possible in a state.

use super::{
    calls::Side,
    drivers::Who,
    quiet::{MOST_ROUNDS, is_settled, is_still, is_taken, must_sweep},
    scenario::Scenario,
    state::{Action, State},
    world::World,
};

/// Adds the actions that are possible in `state`. If one order's next steps affect nothing else,
/// only those are taken. Every other action may happen after them as well, and leads to the same
/// ends. (In terms of partial-order reduction, this is a persistent set. It holds only drivers,
/// claims and lost calls of that order, nothing else touches what they touch, and there are no
/// cycles.)
pub(crate) fn possible(world: &mut World, scenario: &Scenario, state: &State, actions: &mut Vec<Action>) {
    if scenario.reduced {
        for order in 0..2 {
            of_order(world, state, order, actions);
            if is_apart(world, state, actions) {
                return;
            }
            actions.clear();
        }
    }
    of_order(world, state, 0, actions);
    of_order(world, state, 1, actions);
    for &driver in &state.drivers {
        if world.order_of(world.driver(driver).call).is_none() {
            of_driver(world, state, driver, actions);
        }
    }
    for &call in &state.late {
        if world.order_of(call).is_none() {
            actions.push(Action::Late(call));
        }
    }
    actions.extend((!state.later).then_some(Action::Wait));
    actions.extend(must_sweep(world, state).then_some(Action::Sweep));
    let reconciles = state.drivers.iter().any(|driver| world.driver(*driver).driver.who == Who::Reconciler);
    let early = state.left.rounds > 0 && !reconciles;
    let rest = scenario.reconciles() && is_still(world, state) && !is_settled(world, state);
    actions.extend((early || (rest && state.settling < MOST_ROUNDS)).then_some(Action::Reconcile));
}

/// Adds the actions that are possible for one order.
fn of_order(world: &World, state: &State, order: usize, actions: &mut Vec<Action>) {
    let left = &state.left;
    let mine = |call: u32| world.order_of(call) == Some(order);
    for &driver in state.drivers.iter().filter(|driver| mine(world.driver(**driver).call)) {
        of_driver(world, state, driver, actions);
    }
    actions.extend(state.late.iter().filter(|call| mine(**call)).map(|call| Action::Late(*call)));
    for (at, (of, member)) in world.work(state.stores[1]).iter().enumerate() {
        if *of == order && (left.hasty > 0 || !is_taken(world, state, member)) {
            actions.push(Action::Claim(at));
        }
    }
    if order == 0 {
        actions.extend((left.repeats > 0).then_some(Action::Repeat));
        actions.extend((left.cancels > 0).then_some(Action::Cancel));
        actions.extend((left.closes > 0).then_some(Action::Close));
        let books = world.gateway(state.stores[2]).payments[0].as_ref();
        let authorized = books.is_some_and(|books| books.state == "authorized");
        actions.extend((left.run_outs > 0 && authorized).then_some(Action::RunOut));
    }
}

fn of_driver(world: &World, state: &State, driver: u32, actions: &mut Vec<Action>) {
    let left = &state.left;
    if actions.contains(&Action::Deliver(driver)) {
        return;
    }
    actions.push(Action::Deliver(driver));
    // The explorer chooses the moment of the next attempt, so a postponement may be lost unnoticed.
    if world.driver(driver).driver.puts_off() {
        return;
    }
    let writes = !world.call(world.driver(driver).call).read_only;
    actions.extend((left.crashes > 0).then_some(Action::Crash(driver)));
    actions.extend((left.silences > 0).then_some(Action::Silence(driver)));
    actions.extend((left.doubles > 0 && writes).then_some(Action::Double(driver)));
}

/// Returns true if a driver works or will work on this order, these steps are its steps, and they
/// affect nothing else. No such step touches Inventory or depends on the end of the holds.
fn is_apart(world: &mut World, state: &State, actions: &[Action]) -> bool {
    let goes_on = |action: &Action| matches!(action, Action::Deliver(_) | Action::Claim(_));
    actions.iter().any(goes_on)
        && actions.iter().all(|action| match *action {
            Action::Deliver(driver) => {
                let call = world.driver(driver).call;
                let next = |world: &mut World, reply| world.step(driver, Some(reply)).next;
                is_timeless(world, state, call, next)
            }
            Action::Late(call) => is_timeless(world, state, call, |_, _| None),
            Action::Claim(at) => {
                let mut claimed = |store, later| {
                    let (store, step) = world.claim(store, at, later);
                    (world.later(store), step.next)
                };
                state.later || claimed(state.stores[1], false) == claimed(state.stores[1], true)
            }
            _ => true,
        })
}

/// Returns true if the result of a call does not depend on its time. It must be the same before and
/// after any action on the other order, and before and after the end of the holds.
fn is_timeless(
    world: &mut World,
    state: &State,
    call: u32,
    next: impl Fn(&mut World, u32) -> Option<u32>,
) -> bool {
    match world.call(call).side {
        Side::Inventory => is_own_affair(world, state, call),
        Side::Gateway => true,
        Side::Payment if state.later => true,
        Side::Payment => {
            let (store, reply) = world.run(state.stores[1], call, false);
            let early = (world.later(store), next(world, reply));
            let store = world.later(state.stores[1]);
            let (store, reply) = world.run(store, call, true);
            early == (store, next(world, reply))
        }
    }
}

/// Returns true if Inventory's work for a call and its work for the other order do not affect each
/// other. The first reserve of an order reads the free stock, and a release or a restock changes
/// it. All other calls read and change the order's own reservation only.
fn is_own_affair(world: &World, state: &State, call: u32) -> bool {
    let order = world.order_of(call).unwrap();
    let status = |order: usize| {
        let kept = world.inventory(state.stores[0]).reservations[order].as_ref();
        kept.map(|reservation| reservation.status.as_str())
    };
    let (own, other) = (status(order), status(1 - order));
    let reserves = world.call(call).name == "inv1_reserve_at" && own.is_none();
    let frees = own == Some("held") || own == Some("confirmed");
    let others_free = other == Some("held") || other == Some("confirmed");
    let in_time = state.later && !must_sweep(world, state);
    let waits = reserves || own == Some("held");
    (in_time || !waits) && (!reserves || (other.is_some() && !others_free)) && (!frees || other.is_some())
}
