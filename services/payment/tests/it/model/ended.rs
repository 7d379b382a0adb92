//! An order that has ended as it should is from now on the same as one that ended the shortest way.
//! The condition is that no driver works on it and none can reach it. So the many ways to an end
//! are explored only up to there, and the rest only once.

use estore_payment::domain::State as Stands;

use super::{
    calls::{Call, Side},
    cast,
    drivers::{Buying, Doing, Who},
    emulated::{Store, Value},
    scenario::Scenario,
    state::{CANCELLED, COMPLETED, Left, State},
    world::World,
};

/// The views of final orders.
const VIEWS: &str = "{pay}:views";

impl State {
    /// Returns true if an order is final and no driver works on it; lost calls may still arrive.
    pub(crate) fn is_at_rest(&self, world: &World, order: usize) -> bool {
        let facts = world.payment(self.stores[1]).orders[order].as_ref();
        let of = |driver: &u32| world.order_of(world.driver(*driver).call);
        facts.is_some_and(|facts| {
            facts.state.is_final() && facts.refunds.iter().all(|refund| refund.stage.is_final())
        }) && !self.drivers.iter().any(|driver| of(driver).is_none_or(|of| of == order))
    }

    /// Replaces orders that have ended by orders that ended the shortest way, and forgets lost
    /// calls that are spent.
    pub(crate) fn forget_ways(&mut self, world: &mut World, scenario: &Scenario) {
        let spent: Vec<u32> = self.late.iter().copied().filter(|call| self.is_spent(world, *call)).collect();
        self.late.retain(|call| !spent.contains(call));
        for order in 0..2 {
            let is_clear = !self.late.iter().any(|call| world.order_of(*call) == Some(order));
            if is_clear && self.is_at_rest(world, order) && !self.may_be_touched(scenario, order) {
                let state = world.payment(self.stores[1]).orders[order].as_ref().unwrap().state;
                let completed = state == Stands::Completed;
                self.stores = self.stores.map(|store| world.shortest(scenario, store, order, completed));
                self.told[order] = if completed { COMPLETED } else { CANCELLED };
            }
        }
    }

    /// Returns true if a lost call changes nothing, now and later. Its effect is already done, or
    /// out of reach, and there is no way back.
    fn is_spent(&self, world: &mut World, call: u32) -> bool {
        let Some(order) = world.order_of(call) else { return false };
        let stock = world.inventory(self.stores[0]).reservations[order].as_ref();
        let version = world.payment(self.stores[1]).orders[order].as_ref().map(|order| order.version);
        let books = world.gateway(self.stores[2]).payments[order].as_ref();
        let is = |states: &[&str]| books.is_some_and(|books| states.contains(&books.state.as_str()));
        let Call { side, name, args, .. } = world.call(call);
        let beyond = match name.as_str() {
            "pay1_create_at" => version.is_some(),
            "pay1_step" => version.is_some_and(|version| version > args[1].parse().unwrap()),
            "inv1_reserve_at" => stock.is_some(),
            "inv1_confirm_at" | "inv1_release_at" => stock.is_some_and(|stock| stock.status != "held"),
            "gw1_create" => books.is_some(),
            "gw1_authorize" => books.is_some() && !is(&["created"]),
            "gw1_capture" => is(&["captured", "voided", "declined"]),
            "gw1_void" => is(&["captured", "voided"]),
            _ => false,
        };
        let store = self.stores[*side as usize];
        beyond && world.run(store, call, self.later).0 == store
    }

    /// Returns true if a client or the reconciler can reach an order.
    fn may_be_touched(&self, scenario: &Scenario, order: usize) -> bool {
        let left = &self.left;
        scenario.reconciles()
            || left.rounds > 0
            || !scenario.refunds.is_empty()
            // A closed account has less data left.
            || (order == 0 && scenario.left.closes > 0)
            || (order == 0 && left.repeats + left.cancels + left.run_outs > 0)
    }

    /// Returns the stores after an order that ended the shortest way, and was the only one.
    pub(crate) fn ended(world: &mut World, scenario: &Scenario, order: usize, completed: bool) -> Self {
        let mut units = [0, 0];
        units[order] = scenario.units[order];
        let alone = Scenario { units, reduced: false, left: Left::NONE, earlier: None, ..scenario.clone() };
        let mut state = alone.begin(world);
        if !completed {
            let driver = state.drivers.pop().unwrap();
            state.do_now(world, world.call(world.driver(driver).call).clone());
            state.begin(world, Who::Canceller(order), Doing::Buying(Buying::Look(cast::order(order))));
        }
        state.settle(world, &alone);
        let ended = world.payment(state.stores[1]).orders[order].as_ref().unwrap().state;
        assert_eq!(ended, if completed { Stands::Completed } else { Stands::Cancelled });
        state
    }
}

/// Returns `store` with the data of an order taken from `other`.
pub(crate) fn replaced(side: Side, store: &Store, other: &Store, order: usize) -> Store {
    let (id, ledger) = (cast::order(order).to_string(), format!("{{pay}}:u:{}:ledger", cast::user(order)));
    let mut replaced = store.clone();
    replaced.replace(other, |key| key.contains(&id) || key == ledger);
    let views = |store: &Store| store.hash(VIEWS).unwrap().cloned().unwrap_or_default();
    let (mut all, ended) = (views(store), views(other));
    all.remove(&id);
    all.extend(ended.get(&id).map(|view| (id.clone(), view.clone())));
    replaced.replace(&Store::default(), |key| key == VIEWS);
    if !all.is_empty() {
        replaced.put(VIEWS, Value::Hash(all));
    }
    if side == Side::Inventory {
        // The journal has entries of both orders.
        let Some(Value::Stream(mut entries)) = other.value("{inv}:journal").cloned() else {
            panic!("no journal")
        };
        let Some(Value::Stream(all)) = store.value("{inv}:journal") else { panic!("no journal") };
        let rest = |(_, fields): &&(_, Vec<String>)| fields[3] != id && !fields[3].is_empty();
        entries.extend(all.iter().filter(rest).cloned());
        replaced.put("{inv}:journal", Value::Stream(entries));
    }
    replaced
}
