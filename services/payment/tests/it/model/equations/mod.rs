//! The equations that must hold (order-flow section 6), in every state or only in quiet states.

mod order;

use estore_payment::domain::State as Stands;

use self::order::One;
use super::{
    quiet::{is_quiet, is_unsettled},
    scenario::Scenario,
    state::State,
    world::World,
};

/// Each equation, by its bit.
pub(crate) const NAMES: [&str; 19] = [
    "1: 0 <= reserved <= on hand",
    "2: reserved is what is held",
    "3: on hand is what came less what was sold, and the journal tells the same",
    "4: completed orders are confirmed reservations",
    "5: the ledger captures once, and only what is completed",
    "5: so do the gateway's own books, and no authorization stays open",
    "6: money adds up",
    "7: the work set is what is not final",
    "7: nothing is held for what is final",
    "8: what a client saw stands",
    "9: one order for each key",
    "10: what a client saw cancelled is never captured",
    "11: every transition is an edge, and the version grows by one",
    "12: never more are sold than there are, and all of them where nothing disturbs",
    "13: every order and refund ends",
    "nobody is charged for what is not theirs",
    "refunds stay within what was bought",
    "nothing asks for a person that should never happen",
    "of a closed account nothing personal is left",
];

/// Returns the equations that do not hold in `state`, by bit.
pub(crate) fn broken(world: &World, scenario: &Scenario, state: &State) -> u32 {
    let inventory = world.inventory(state.stores[0]);
    let payment = world.payment(state.stores[1]);
    let gateway = world.gateway(state.stores[2]);
    let quiet = is_quiet(world, scenario, state);
    let orders = [0, 1].map(|buyer| One {
        order: payment.orders[buyer].as_ref(),
        stock: inventory.reservations[buyer].as_ref(),
        books: gateway.payments[buyer].as_ref(),
        told: state.told[buyer],
        rests: quiet || state.is_at_rest(world, buyer),
    });
    let all = |holds| both(&orders, holds);
    let completed = payment.orders.iter().flatten().filter(|order| order.state == Stands::Completed);
    let sold: i64 = completed.map(|order| order.quantity).sum();
    let expected = scenario.sells.filter(|_| quiet && !state.disturbed);
    let held: [bool; NAMES.len()] = [
        inventory.within,
        inventory.reserved_is_held,
        inventory.adds_up,
        all(One::stock_fits),
        all(One::ledger_fits),
        all(One::books_fit),
        all(One::money_adds_up),
        payment.work_is_open,
        all(One::held_is_open),
        all(One::stands),
        payment.one_for_each_key,
        all(One::is_as_told),
        all(One::is_lawful),
        sold <= inventory.received && expected.is_none_or(|expected| sold == expected),
        !is_unsettled(world, scenario, state) && all(One::ends),
        all(One::owns_what_it_paid),
        all(One::refunds_fit),
        !state.alarmed,
        payment.closed_and_kept == 0,
    ];
    held.iter().enumerate().filter(|(_, held)| !**held).map(|(at, _)| 1 << at).sum()
}

fn both<'a>(orders: &[One<'a>; 2], holds: fn(&One<'a>) -> bool) -> bool {
    orders.iter().all(holds)
}

/// Checks equation 8 from one state to the next: everything that a client could see is still there,
/// and at most moved on.
pub(crate) fn undone(world: &World, before: &State, after: &State) -> u32 {
    let orders = |state: &State| {
        world
            .payment(state.stores[1])
            .orders
            .each_ref()
            .map(|order| order.as_ref().map(|order| order.version))
    };
    u32::from(orders(before).into_iter().zip(orders(after)).any(|(before, after)| before > after)) << 9
}
