//! The stage machinery: stores, calls, answers and drivers are kept once each and known by number, and what a function or a
//! driver does is worked out once for each pair. So a state of the model is a handful of numbers.

use std::{collections::HashMap, hash::Hash};

use estore_payment::store::parse::Row;

use super::{
    calls::{Call, Side},
    cast::{self, LATER, LEASE, START},
    drivers::{Driver, Outcome, Protocol, Who, drive_order, drive_refund},
    emulated::{Library, Reply, Store},
    ended::replaced,
    facts::{GatewayFacts, InventoryFacts, PaymentFacts},
    forget::without_times,
    libraries,
    scenario::Scenario,
    shop::State,
};

/// A number for each thing, from 0.
struct Book<K, V> {
    numbers: HashMap<K, u32>,
    things: Vec<V>,
}

impl<K: Eq + Hash, V> Book<K, V> {
    fn new() -> Self {
        Self { numbers: HashMap::new(), things: Vec::new() }
    }

    fn number(&mut self, key: K, thing: impl FnOnce() -> V) -> u32 {
        let things = &mut self.things;
        *self.numbers.entry(key).or_insert_with(|| {
            things.push(thing());
            u32::try_from(things.len() - 1).unwrap()
        })
    }

    fn get(&self, number: u32) -> &V {
        &self.things[number as usize]
    }
}

/// A store with what the equations need of it.
pub(crate) struct Kept {
    pub(crate) side: Side,
    pub(crate) store: Store,
    pub(crate) facts: Facts,
}

/// What the equations need of a store.
pub(crate) enum Facts {
    Inventory(InventoryFacts),
    Payment(PaymentFacts),
    Gateway(GatewayFacts),
}

/// A call, and whose order it is about.
pub(crate) struct Called {
    pub(crate) call: Call,
    pub(crate) order: Option<usize>,
}

/// A driver with its call.
pub(crate) struct Placed {
    pub(crate) driver: Driver,
    pub(crate) call: u32,
    pub(crate) member: Option<String>,
}

/// What becomes of a driver.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) next: Option<u32>,
    pub(crate) outcome: Outcome,
}

/// Everything that was met so far.
pub(crate) struct World {
    libraries: [Library; 3],
    protocol: Protocol,
    reads_journal: bool,
    stores: Book<(Side, Store), Kept>,
    calls: Book<Call, Called>,
    replies: Book<Reply, Reply>,
    drivers: Book<String, Placed>,
    done: HashMap<(u32, u32, bool), (u32, u32)>,
    steps: HashMap<(u32, Option<u32>), Step>,
    claims: HashMap<(u32, String, bool), (u32, u32)>,
    later: HashMap<u32, u32>,
    shortest: HashMap<(u32, usize, bool), u32>,
    ended: HashMap<(usize, bool), [u32; 3]>,
}

impl World {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let Scenario { protocol, changes, .. } = scenario;
        Self {
            reads_journal: scenario.reconciles || scenario.left.rounds > 0,
            libraries: Side::ALL.map(|side| libraries::load(side, changes)),
            protocol: *protocol,
            stores: Book::new(),
            calls: Book::new(),
            replies: Book::new(),
            drivers: Book::new(),
            done: HashMap::new(),
            steps: HashMap::new(),
            claims: HashMap::new(),
            later: HashMap::new(),
            shortest: HashMap::new(),
            ended: HashMap::new(),
        }
    }

    pub(crate) fn call(&self, number: u32) -> &Call {
        &self.calls.get(number).call
    }

    /// Whose order a call is about.
    pub(crate) fn order_of(&self, call: u32) -> Option<usize> {
        self.calls.get(call).order
    }

    pub(crate) fn reply(&self, number: u32) -> &Reply {
        self.replies.get(number)
    }

    pub(crate) fn driver(&self, number: u32) -> &Placed {
        self.drivers.get(number)
    }

    pub(crate) fn keep(&mut self, side: Side, store: Store) -> u32 {
        let store = without_times(side, store, self.reads_journal);
        self.stores.number((side, store.clone()), || Kept { side, facts: Facts::of(side, &store), store })
    }

    pub(crate) fn number_call(&mut self, call: Call) -> u32 {
        self.calls.number(call.clone(), || Called { order: cast::buyer_of(&call.args), call })
    }

    pub(crate) fn number_driver(&mut self, driver: Driver) -> u32 {
        let call = self.number_call(driver.call());
        let key = format!("{:?} {:?} {call}", driver.who, driver.doing);
        self.drivers.number(key, || Placed { member: driver.member(), call, driver })
    }

    /// Does a call on its side's store; answers the store as it is then, and the answer.
    pub(crate) fn run(&mut self, store: u32, call: u32, later: bool) -> (u32, u32) {
        if let Some(known) = self.done.get(&(store, call, later)) {
            return *known;
        }
        let call_of = self.call(call).clone();
        let before = self.stores.get(store).store.clone();
        let found = self.run_on(before, &call_of, later);
        self.done.insert((store, call, later), found);
        found
    }

    fn run_on(&mut self, store: Store, call: &Call, later: bool) -> (u32, u32) {
        let now = if later { LATER } else { START };
        let library = &self.libraries[call.side as usize];
        let (store, reply) = library.call(store, now, &call.name, &call.args, call.read_only).unwrap();
        let reply = self.replies.number(reply.clone(), || reply);
        (self.keep(call.side, store), reply)
    }

    /// The driver takes an answer; without one it gives up waiting.
    pub(crate) fn step(&mut self, driver: u32, reply: Option<u32>) -> Step {
        if let Some(known) = self.steps.get(&(driver, reply)) {
            return known.clone();
        }
        let at = &self.drivers.get(driver).driver;
        let who = at.who;
        let outcome = match reply {
            Some(reply) => at.answered(self.replies.get(reply).clone(), &self.protocol),
            None => at.unknown(),
        };
        let step = self.place(who, outcome);
        self.steps.insert((driver, reply), step.clone());
        step
    }

    fn place(&mut self, who: Who, outcome: Outcome) -> Step {
        let next = outcome.next.clone().map(|doing| self.number_driver(Driver { who, doing }));
        Step { next, outcome }
    }

    /// The worker claims `member`, whose time has come: when that is, is the explorer's choice. Answers the store, and what the
    /// worker makes of what it got.
    pub(crate) fn claim(&mut self, payment: u32, member: &str, later: bool) -> (u32, Step) {
        let key = (payment, member.to_owned(), later);
        let (store, reply) = if let Some(known) = self.claims.get(&key) {
            *known
        } else {
            let ready = scheduled(&self.stores.get(payment).store, Some(member), later);
            let found = self.run_on(ready, &Call::claim(), later);
            self.claims.insert(key, found);
            found
        };
        let row = self.replies.get(reply).clone().into_list();
        assert_eq!(row.len(), 1, "one is claimed");
        let row = Row::parse(row[0].to_redis()).unwrap();
        let outcome = if row.refunds.is_empty() {
            drive_order(row.into_order().unwrap(), &self.protocol)
        } else {
            let (order, refund) = row.into_refund().unwrap();
            drive_refund(order, refund)
        };
        (store, self.place(Who::Worker, outcome))
    }

    /// The store of Payment once every hold that was made at the start is over: nothing is due by itself.
    pub(crate) fn later(&mut self, payment: u32) -> u32 {
        if let Some(known) = self.later.get(&payment) {
            return *known;
        }
        let store = scheduled(&self.stores.get(payment).store, None, true);
        let found = self.keep(Side::Payment, store);
        self.later.insert(payment, found);
        found
    }

    /// The store as if `order` had ended the shortest way.
    pub(crate) fn shortest(&mut self, scenario: &Scenario, store: u32, order: usize, completed: bool) -> u32 {
        if let Some(known) = self.shortest.get(&(store, order, completed)) {
            return *known;
        }
        let ended = match self.ended.get(&(order, completed)) {
            Some(known) => *known,
            None => State::ended(self, scenario, order, completed).stores,
        };
        self.ended.insert((order, completed), ended);
        let side = self.stores.get(store).side;
        let other = &self.stores.get(ended[side as usize]).store;
        let store_after = replaced(side, &self.stores.get(store).store, other, order);
        let found = self.keep(side, store_after);
        self.shortest.insert((store, order, completed), found);
        found
    }

    /// What waits in the work set, and whose order it is of.
    pub(crate) fn work(&self, payment: u32) -> &[(usize, String)] {
        &self.payment(payment).work
    }

    pub(crate) fn inventory(&self, store: u32) -> &InventoryFacts {
        let Facts::Inventory(facts) = &self.stores.get(store).facts else { panic!("another side's store") };
        facts
    }

    pub(crate) fn payment(&self, store: u32) -> &PaymentFacts {
        let Facts::Payment(facts) = &self.stores.get(store).facts else { panic!("another side's store") };
        facts
    }

    pub(crate) fn gateway(&self, store: u32) -> &GatewayFacts {
        let Facts::Gateway(facts) = &self.stores.get(store).facts else { panic!("another side's store") };
        facts
    }

    /// How many stores and drivers were met.
    pub(crate) fn met(&self) -> (usize, usize, usize) {
        (self.stores.things.len(), self.drivers.things.len(), self.done.len())
    }
}

impl Facts {
    fn of(side: Side, store: &Store) -> Self {
        match side {
            Side::Inventory => Self::Inventory(InventoryFacts::of(store)),
            Side::Payment => Self::Payment(PaymentFacts::of(store)),
            Side::Gateway => Self::Gateway(GatewayFacts::of(store)),
        }
    }
}

/// The store with one member of the work set due, and all others not.
fn scheduled(store: &Store, due: Option<&str>, later: bool) -> Store {
    let now = if later { LATER } else { START };
    let lease = i64::try_from(LEASE.as_millis()).unwrap();
    let mut store = store.clone();
    if store.has(WORK) {
        store
            .change_sorted(WORK, |members| {
                for (member, score) in members {
                    *score = if due == Some(member) { now } else { now + lease };
                }
                Ok(())
            })
            .unwrap();
    }
    store
}

/// The work set of Payment.
pub(crate) const WORK: &str = "{pay}:work";
