//! Explores a scenario to its end and prints its size, or shows how an equation was broken.

use std::{collections::BTreeSet, fmt::Write, time::Instant};

use stateright::{Checker, HasDiscoveries, Model};

use super::{
    cast,
    equations::NAMES,
    explore::{Shop, Sight},
    scenario::Scenario,
    state::{Action, State},
    world::World,
};

/// Explores the whole scenario. Panics with the way there if an equation is broken or a sight was
/// not met. Also panics if there were fewer than `at_least` states: then it explored less than it
/// claims.
pub(crate) fn explore(name: &str, scenario: Scenario, sights: Vec<Sight>, at_least: usize) {
    let began = Instant::now();
    let checker =
        Shop::new(scenario, sights).checker().finish_when(HasDiscoveries::AnyFailures).spawn_bfs().join();
    let (stores, drivers, done) = checker.model().world.lock().unwrap().met();
    println!(
        "{name}: {} states by {} ways, {} steps deep; {stores} stores, {drivers} drivers, {done} calls done; {:.1} s",
        checker.unique_state_count(),
        checker.state_count(),
        checker.max_depth(),
        began.elapsed().as_secs_f64()
    );
    for broken in NAMES {
        if let Some(path) = checker.discovery(broken) {
            panic!("{name}: {broken} does not hold:\n{}", told(checker.model(), path.into_vec(), broken));
        }
    }
    for (sight, _) in &checker.model().sights {
        assert!(checker.discovery(sight).is_some(), "{name}: never met: {sight}");
    }
    assert!(checker.is_done(), "{name}: it was cut off");
    assert!(checker.unique_state_count() >= at_least, "{name}: it is smaller than it was");
}

/// Explores a mutant until `equation` (given by its beginning) is broken, and returns the way
/// there.
pub(crate) fn catch(name: &str, scenario: Scenario, equation: &str) -> String {
    let broken = NAMES.into_iter().find(|known| known.starts_with(equation)).unwrap();
    let until = HasDiscoveries::AllOf(BTreeSet::from([broken]));
    let checker = Shop::new(scenario, Vec::new()).checker().finish_when(until).spawn_bfs().join();
    let path = checker.discovery(broken);
    let path =
        path.unwrap_or_else(|| panic!("{name}: {} states, and nothing broke", checker.unique_state_count()));
    let way = told(checker.model(), path.into_vec(), broken);
    println!("{name}: caught by \"{broken}\":\n{way}");
    way
}

/// Describes the way to the state in which `equation` is broken first, step by step.
fn told(shop: &Shop, path: Vec<(State, Option<Action>)>, equation: &str) -> String {
    let bit = NAMES.iter().position(|name| *name == equation).unwrap();
    let mut text = String::new();
    let mut world = shop.world.lock().unwrap();
    for (state, action) in path {
        match action {
            Some(action) if state.broken & (1 << bit) == 0 => {
                writeln!(text, "  {}", line(&mut world, &state, action)).unwrap();
            }
            _ => break,
        }
    }
    text
}

fn line(world: &mut World, state: &State, action: Action) -> String {
    let who = |world: &World, driver| format!("{:?}", world.driver(driver).driver.who);
    match action {
        Action::Deliver(driver) => {
            let call = world.driver(driver).call;
            format!("{}: {}", who(world, driver), done(world, state, call))
        }
        Action::Late(call) => format!("late: {}", done(world, state, call)),
        Action::Crash(driver) => format!("{} crashes, its {}", who(world, driver), on_its_way(world, driver)),
        Action::Silence(driver) => {
            format!("{} gives up waiting, its {}", who(world, driver), on_its_way(world, driver))
        }
        Action::Double(driver) => {
            format!("{}'s call is doubled, its {}", who(world, driver), on_its_way(world, driver))
        }
        Action::Claim(at) => format!("Worker claims {}", short(&world.work(state.stores[1])[at].1)),
        Action::Wait => "the holds of the start are over".to_owned(),
        Action::Sweep => "Inventory sweeps".to_owned(),
        Action::Repeat => "Buyer(0) repeats its request".to_owned(),
        Action::Cancel => "Buyer(0) cancels".to_owned(),
        Action::RunOut => "the gateway lets the authorization of order 0 run out".to_owned(),
        Action::Close => "Buyer(0)'s account is closed".to_owned(),
        Action::Reconcile => "the reconciler begins a round".to_owned(),
    }
}

fn on_its_way(world: &World, driver: u32) -> String {
    format!("{} still on its way", called(world, world.driver(driver).call))
}

fn called(world: &World, call: u32) -> String {
    let call = world.call(call);
    let args: Vec<String> = call.args.iter().map(|arg| short(arg)).filter(|arg| arg.len() < 40).collect();
    format!("{}({})", call.name, args.join(" "))
}

fn done(world: &mut World, state: &State, call: u32) -> String {
    let store = state.stores[world.call(call).side as usize];
    let (_, reply) = world.run(store, call, state.later);
    format!("{} answers {}", called(world, call), world.reply(reply).word())
}

/// Replaces the ids of orders by their buyers.
fn short(text: &str) -> String {
    let orders = (0..2).map(|buyer| (cast::order(buyer).to_string(), format!("order {buyer}")));
    orders.fold(text.to_owned(), |text, (id, name)| text.replace(&id, &name))
}
