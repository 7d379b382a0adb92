//! The scenarios, each explored to its end. The least number of states is a little below the number
//! at the time of writing.

use estore_payment::domain::{RefundStage, State as Stands};

use super::{
    drivers::Who,
    explore::{Shop, Sight},
    run::explore,
    scenario::{Reconciler, Scenario},
    state::{CANCELLED, COMPLETED, Left, State},
};

const NONE: Left = Left::NONE;

fn stands(shop: &Shop, state: &State, buyer: usize) -> Option<Stands> {
    let world = shop.world.lock().unwrap();
    world.payment(state.stores[1]).orders[buyer].as_ref().map(|order| order.state)
}

fn gets_it(shop: &Shop, state: &State, buyer: usize) -> bool {
    stands(shop, state, buyer) == Some(Stands::Completed)
        && stands(shop, state, 1 - buyer) == Some(Stands::Cancelled)
}

const FIRST: Sight = ("buyer 0 gets it", |shop, state| gets_it(shop, state, 0));
const SECOND: Sight = ("buyer 1 gets it", |shop, state| gets_it(shop, state, 1));
const NEITHER: Sight = ("neither gets it", |shop, state| {
    [0, 1].map(|buyer| stands(shop, state, buyer)) == [Some(Stands::Cancelled); 2]
});
const TAKEN_OVER: Sight = ("the worker takes over", |shop, state| {
    let world = shop.world.lock().unwrap();
    state.drivers.iter().any(|driver| world.driver(*driver).driver.who == Who::Worker)
});
const TWO_AT_ONE: Sight = ("two are at one order", |shop, state| {
    let world = shop.world.lock().unwrap();
    let members: Vec<_> =
        state.drivers.iter().filter_map(|driver| world.driver(*driver).member.as_ref()).collect();
    members.iter().any(|one| members.iter().filter(|other| *other == one).count() > 1)
});
const TOLD_CANCELLED: Sight = ("buyer 0 is told that it cancelled", |_, state| state.told[0] == CANCELLED);
const TOLD_COMPLETED: Sight = ("buyer 0 is told that it bought", |_, state| state.told[0] == COMPLETED);

#[test]
fn nothing_goes_wrong() {
    let scenario = Scenario { reduced: false, ..Scenario::new() };
    explore("nothing goes wrong", scenario, vec![FIRST, SECOND, NEITHER], 2000);
}

#[test]
fn crash_with_lost_answer_and_doubled_call() {
    let left = Left { crashes: 1, silences: 1, doubles: 1, ..NONE };
    let scenario = Scenario { left, ..Scenario::new() };
    explore("crash, lost answer, doubled call", scenario, vec![FIRST, SECOND, NEITHER, TAKEN_OVER], 440_000);
}

#[test]
fn two_drivers_of_one_order() {
    let left = Left { hasty: 1, ..NONE };
    let scenario = Scenario { left, ..Scenario::new() };
    explore("two drivers", scenario, vec![FIRST, SECOND, NEITHER, TWO_AT_ONE], 22_000);
}

#[test]
fn one_buyer_and_more_faults() {
    for (name, left, at_least) in [
        (
            "one buyer, crash, lost answer, doubled call, two drivers",
            Left { crashes: 1, silences: 1, doubles: 1, hasty: 1, ..NONE },
            90_000,
        ),
        (
            "one buyer, crash, doubled call, cancel, repeat",
            Left { crashes: 1, doubles: 1, cancels: 1, repeats: 1, ..NONE },
            60_000,
        ),
        ("one buyer, crash, two drivers, cancel", Left { crashes: 1, hasty: 1, cancels: 1, ..NONE }, 100_000),
        ("one buyer, two crashes, two lost answers", Left { crashes: 2, silences: 2, ..NONE }, 12_000),
    ] {
        let scenario = Scenario { left, units: [1, 0], ..Scenario::new() };
        explore(name, scenario, vec![TOLD_COMPLETED, TAKEN_OVER], at_least);
    }
}

#[test]
fn client_cancels_and_repeats() {
    let sights = || vec![FIRST, SECOND, NEITHER, TOLD_CANCELLED, TOLD_COMPLETED];
    for (name, left, at_least) in [
        ("cancel, repeat", Left { cancels: 1, repeats: 1, ..NONE }, 22_000),
        ("cancel, crash", Left { cancels: 1, crashes: 1, ..NONE }, 90_000),
        ("cancel, doubled call", Left { cancels: 1, doubles: 1, ..NONE }, 60_000),
        ("repeat, crash", Left { repeats: 1, crashes: 1, ..NONE }, 25_000),
    ] {
        let sights = sights().into_iter().filter(|(sight, _)| left.cancels > 0 || *sight != TOLD_CANCELLED.0);
        explore(name, Scenario { left, ..Scenario::new() }, sights.collect(), at_least);
    }
}

#[test]
fn card_declines() {
    let left = Left { crashes: 1, silences: 1, ..NONE };
    let scenario = Scenario { left, declines: true, sells: None, ..Scenario::new() };
    explore("decline, crash, lost answer", scenario, vec![FIRST, NEITHER, TAKEN_OVER], 80_000);
}

#[test]
fn authorization_expires() {
    let put_back: Sight = ("what was sold is put back", |shop, state| {
        let world = shop.world.lock().unwrap();
        let stock = world.inventory(state.stores[0]).reservations[0].as_ref();
        stock.is_some_and(|stock| stock.status == "returned")
    });
    let left = Left { run_outs: 1, crashes: 1, ..NONE };
    let scenario = Scenario { left, alarms: &["authorization_lost"], ..Scenario::new() };
    explore("authorization runs out, crash", scenario, vec![FIRST, SECOND, NEITHER, put_back], 14_000);
}

fn refunded(shop: &Shop, state: &State, units: i64) -> bool {
    let world = shop.world.lock().unwrap();
    let order = world.payment(state.stores[1]).orders[0].as_ref().unwrap();
    order.refunds.iter().any(|refund| refund.stage == RefundStage::Done && refund.units == units)
}

#[test]
fn two_admins_refund_more_than_there_is() {
    let one: Sight = ("one piece is refunded", |shop, state| refunded(shop, state, 1));
    let two: Sight = ("two units are refunded", |shop, state| refunded(shop, state, 2));
    for (name, left, at_least) in [
        (
            "refunds, crash, lost answer, doubled call",
            Left { crashes: 1, silences: 1, doubles: 1, ..NONE },
            45_000,
        ),
        ("refunds, crash, two drivers", Left { crashes: 1, hasty: 1, ..NONE }, 8000),
    ] {
        let refunds = vec![1, 2];
        let scenario = Scenario { left, refunds, stock: 2, units: [2, 0], sells: None, ..Scenario::new() };
        explore(name, scenario, vec![one, two], at_least);
    }
}

#[test]
fn free_order_needs_no_gateway() {
    for (name, left, at_least) in [
        (
            "free order, crash, lost answer, doubled call, two drivers",
            Left { crashes: 1, silences: 1, doubles: 1, hasty: 1, ..NONE },
            43_000,
        ),
        (
            "free order, cancel, crash, doubled call",
            Left { cancels: 1, crashes: 1, doubles: 1, ..NONE },
            10_000,
        ),
    ] {
        let scenario = Scenario { left, price: 0, units: [1, 0], ..Scenario::new() };
        explore(name, scenario, vec![TOLD_COMPLETED, TAKEN_OVER], at_least);
    }
}

#[test]
fn free_order_is_refunded_without_a_gateway() {
    let one: Sight = ("one piece is refunded", |shop, state| refunded(shop, state, 1));
    let two: Sight = ("two units are refunded", |shop, state| refunded(shop, state, 2));
    let left = Left { crashes: 1, silences: 1, doubles: 1, ..NONE };
    let (stock, units, refunds) = (2, [2, 0], vec![1, 2]);
    let scenario = Scenario { left, price: 0, refunds, stock, units, sells: None, ..Scenario::new() };
    explore("free refunds, crash, lost answer, doubled call", scenario, vec![one, two], 30_000);
}

#[test]
fn order_of_an_earlier_version_goes_on() {
    for (state, at_least) in [(Stands::Reserved, 3400), (Stands::Authorized, 1700), (Stands::Confirmed, 110)]
    {
        let left = Left { crashes: 1, silences: 1, doubles: 1, ..NONE };
        let scenario = Scenario { left, earlier: Some(state), units: [1, 0], ..Scenario::new() };
        let completes: Sight =
            ("it completes", |shop, state| stands(shop, state, 0) == Some(Stands::Completed));
        explore(&format!("left in {}", state.as_str()), scenario, vec![completes, TAKEN_OVER], at_least);
    }
}

#[test]
fn reconciler_restocks_a_lost_order() {
    let left = Left { crashes: 1, silences: 1, rounds: 1, ..NONE };
    let scenario = Scenario { left, reconciler: Reconciler::WithLostOrder, sells: None, ..Scenario::new() };
    let again: Sight = ("buyer 1 gets it", |shop, state| stands(shop, state, 1) == Some(Stands::Completed));
    explore("reconciler, lost order, crash, lost answer", scenario, vec![again], 19_000);
}

#[test]
fn reconciler_leaves_agreeing_orders_alone() {
    let left = Left { crashes: 1, rounds: 1, ..NONE };
    let scenario = Scenario { left, reconciler: Reconciler::On, units: [1, 0], ..Scenario::new() };
    explore("reconciler, crash", scenario, vec![TOLD_COMPLETED, TAKEN_OVER], 5500);
}

#[test]
fn account_is_closed() {
    let completes: Sight = ("what is being sold completes", |shop, state| {
        state.left.closes == 0 && stands(shop, state, 0) == Some(Stands::Completed)
    });
    let never: Sight = ("nothing is begun", |shop, state| {
        state.left.closes == 0 && state.drivers.is_empty() && stands(shop, state, 0).is_none()
    });
    for (name, left, at_least) in [
        (
            "one buyer, close, crash, lost answer, doubled call",
            Left { closes: 1, crashes: 1, silences: 1, doubles: 1, ..NONE },
            18_000,
        ),
        ("one buyer, close, two drivers, crash", Left { closes: 1, hasty: 1, crashes: 1, ..NONE }, 18_000),
        (
            "one buyer, close, cancel, repeat, crash",
            Left { closes: 1, cancels: 1, repeats: 1, crashes: 1, ..NONE },
            42_000,
        ),
    ] {
        let scenario = Scenario { left, units: [1, 0], ..Scenario::new() };
        explore(name, scenario, vec![TOLD_CANCELLED, TAKEN_OVER, completes, never], at_least);
    }
    let left = Left { closes: 1, crashes: 1, ..NONE };
    let scenario = Scenario { left, ..Scenario::new() };
    explore("close, crash", scenario, vec![FIRST, SECOND, NEITHER, completes], 27_000);
    let scenario = Scenario { left, refunds: vec![1], units: [1, 0], sells: None, ..Scenario::new() };
    let back: Sight = ("it is refunded", |shop, state| refunded(shop, state, 1));
    explore("refund, close, crash", scenario, vec![back, completes], 400);
}
