//! The reduction of the large scenarios loses no end: smaller scenarios have the same ends with and
//! without it.

use std::{
    collections::{HashSet, VecDeque},
    mem,
};

use stateright::Model;

use super::{
    explore::Shop,
    quiet::is_quiet,
    scenario::Scenario,
    state::{Left, State},
};

/// Returns the number of states, and every state in which all is quiet, as if its orders had ended
/// the shortest way.
fn ends(shop: &Shop) -> (usize, HashSet<State>) {
    let mut seen: HashSet<State> = HashSet::new();
    let mut next: VecDeque<State> = shop.init_states().into();
    let (mut ends, mut actions) = (HashSet::new(), Vec::new());
    while let Some(state) = next.pop_front() {
        if !seen.insert(state.clone()) {
            continue;
        }
        assert_eq!(state.broken, 0);
        shop.actions(&state, &mut actions);
        next.extend(mem::take(&mut actions).into_iter().filter_map(|action| shop.next_state(&state, action)));
        let world = &mut shop.world.lock().unwrap();
        if is_quiet(world, &shop.scenario, &state) {
            let mut end = state;
            end.forget_ways(world, &shop.scenario);
            // The flag `disturbed` depends on the order of steps that affect nothing else.
            ends.insert(State { disturbed: true, ..end });
        }
    }
    (seen.len(), ends)
}

#[test]
fn reduced_exploration_finds_the_same_ends() {
    for left in [
        Left { crashes: 1, ..Left::NONE },
        Left { doubles: 1, ..Left::NONE },
        Left { cancels: 1, ..Left::NONE },
    ] {
        let scenario = Scenario { left, ..Scenario::new() };
        let full = Shop::new(Scenario { reduced: false, ..scenario.clone() }, Vec::new());
        let (all, expected) = ends(&full);
        // The same world, so that the same things have the same numbers.
        let reduced = Shop { scenario, ..full };
        let (some, found) = ends(&reduced);
        println!("{left:?}: {all} states, reduced to {some}; {} ends", expected.len());
        assert!(some * 2 < all, "it leaves hardly anything out");
        assert!(found == expected, "{} ends instead of {}", found.len(), expected.len());
    }
}
