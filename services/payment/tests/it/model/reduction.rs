//! What is left out of the large scenarios is no end: in smaller ones, where everything is explored, the ends are the same.

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

/// Where it ends: every state in which all is quiet, as if its orders had ended the shortest way.
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
            // Whether it was disturbed depends on what comes first of what concerns nobody else.
            ends.insert(State { disturbed: true, ..end });
        }
    }
    (seen.len(), ends)
}

#[test]
fn the_ends_are_those_of_a_full_exploration() {
    for left in [
        Left { crashes: 1, ..Left::NONE },
        Left { doubles: 1, ..Left::NONE },
        Left { cancels: 1, ..Left::NONE },
    ] {
        let scenario = Scenario { left, ..Scenario::new() };
        let full = Shop::new(Scenario { reduced: false, ..scenario.clone() }, Vec::new());
        let (all, expected) = ends(&full);
        // The same numbers for the same things.
        let reduced = Shop { scenario, ..full };
        let (some, found) = ends(&reduced);
        println!("{left:?}: {all} states, reduced to {some}; {} ends", expected.len());
        assert!(some * 2 < all, "it leaves hardly anything out");
        assert!(found == expected, "{} ends instead of {}", found.len(), expected.len());
    }
}
