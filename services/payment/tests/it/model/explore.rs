//! The model, for the checker.

use std::sync::Mutex;

use stateright::{Model, Property};

use super::{
    equations,
    possible::possible,
    scenario::Scenario,
    state::{Action, State},
    world::World,
};

/// A scenario to explore.
pub(crate) struct Shop {
    pub(crate) scenario: Scenario,
    pub(crate) world: Mutex<World>,
    /// The sights that the exploration must meet.
    pub(crate) sights: Vec<Sight>,
}

/// A sight that the exploration must meet: its name, and the predicate that recognises it.
pub(crate) type Sight = (&'static str, fn(&Shop, &State) -> bool);

impl Shop {
    pub(crate) fn new(scenario: Scenario, sights: Vec<Sight>) -> Self {
        let world = Mutex::new(World::new(&scenario));
        Self { scenario, world, sights }
    }
}

impl Model for Shop {
    type State = State;
    type Action = Action;

    fn init_states(&self) -> Vec<State> {
        vec![self.scenario.begin(&mut self.world.lock().unwrap())]
    }

    fn actions(&self, state: &State, actions: &mut Vec<Action>) {
        possible(&mut self.world.lock().unwrap(), &self.scenario, state, actions);
    }

    fn next_state(&self, state: &State, action: Action) -> Option<State> {
        let world = &mut self.world.lock().unwrap();
        let mut next = state.after(world, &self.scenario, action);
        next.broken =
            equations::broken(world, &self.scenario, &next) | equations::undone(world, state, &next);
        if self.scenario.reduced && next.broken == 0 {
            next.forget_ways(world, &self.scenario);
        }
        Some(next)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let sights = self.sights.iter().map(|(name, sight)| Property::sometimes(name, *sight));
        equations().into_iter().chain(sights).collect()
    }
}

/// Returns each equation by its bit. A property is a plain function, so there is one for each.
fn equations() -> Vec<Property<Shop>> {
    macro_rules! by_bit {
        ($($at:literal)+) => { vec![$(Property::always(equations::NAMES[$at], |_, state: &State| state.broken & (1 << $at) == 0)),+] };
    }
    let all = by_bit!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18);
    assert_eq!(all.len(), equations::NAMES.len());
    all
}
