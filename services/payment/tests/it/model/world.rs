//! The world keeps stores, calls, answers and drivers once each, and knows them by number. It
//! computes the effect of a function or of a driver once for each pair. So a state of the model is
//! a handful of numbers.

use std::collections::HashMap;

use estore_payment::store::parse::Row;

use super::{
    book::{Book, Called, Facts, Kept, Placed, Step},
    calls::{Call, Side},
    cast,
    clock::{now, scheduled},
    drivers::{Driver, Outcome, Protocol, Who, drive_order, drive_refund},
    emulated::{Library, Reply, Store},
    ended::replaced,
    facts::{GatewayFacts, InventoryFacts, PaymentFacts},
    forget::without_times,
    libraries,
    scenario::Scenario,
    state::State,
};

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
    claims: HashMap<(u32, usize, bool), (u32, Step)>,
    alarms: &'static [&'static str],
    later: HashMap<u32, u32>,
    shortest: HashMap<(u32, usize, bool), u32>,
    ended: HashMap<(usize, bool), [u32; 3]>,
}

impl World {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let Scenario { protocol, changes, .. } = scenario;
        Self {
            reads_journal: scenario.reconciles() || scenario.left.rounds > 0,
            libraries: Side::ALL.map(|side| libraries::load(side, changes)),
            protocol: *protocol,
            stores: Book::new(),
            calls: Book::new(),
            replies: Book::new(),
            drivers: Book::new(),
            done: HashMap::new(),
            steps: HashMap::new(),
            claims: HashMap::new(),
            alarms: scenario.alarms,
            later: HashMap::new(),
            shortest: HashMap::new(),
            ended: HashMap::new(),
        }
    }

    pub(crate) fn call(&self, number: u32) -> &Call {
        &self.calls.get(number).call
    }

    /// Returns the buyer whose order a call is about.
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

    /// Makes a call on its side's store; returns the store after the call, and the answer.
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
        let library = &self.libraries[call.side as usize];
        let (store, reply) = library.call(store, now(later), &call.name, &call.args, call.read_only).unwrap();
        let reply = self.replies.number(reply.clone(), || reply);
        (self.keep(call.side, store), reply)
    }

    /// Lets the driver take an answer; without one it gives up waiting.
    pub(crate) fn step(&mut self, driver: u32, reply: Option<u32>) -> Step {
        if let Some(known) = self.steps.get(&(driver, reply)) {
            return *known;
        }
        let at = &self.drivers.get(driver).driver;
        let who = at.who;
        let outcome = match reply {
            Some(reply) => at.answered(self.replies.get(reply).clone(), &self.protocol),
            None => at.unknown(),
        };
        let step = self.place(who, outcome);
        self.steps.insert((driver, reply), step);
        step
    }

    fn place(&mut self, who: Who, outcome: Outcome) -> Step {
        let alarmed = outcome.alarm.is_some_and(|alarm| !self.alarms.contains(&alarm.as_str()));
        let next = outcome.next.map(|doing| self.number_driver(Driver { who, doing }));
        Step { next, told: outcome.told, alarmed }
    }

    /// Lets the worker claim the member `at` that place in the work set. The explorer chooses the
    /// time at which it is due. Returns the store, and the step that the worker takes then.
    pub(crate) fn claim(&mut self, payment: u32, at: usize, later: bool) -> (u32, Step) {
        if let Some(known) = self.claims.get(&(payment, at, later)) {
            return *known;
        }
        let member = self.work(payment)[at].1.clone();
        let ready = scheduled(&self.stores.get(payment).store, Some(&member), later);
        let (store, reply) = self.run_on(ready, &Call::claim(), later);
        let rows = self.reply(reply).clone().into_list();
        let [row] = rows.as_slice() else { panic!("one is claimed, not {rows:?}") };
        let row = Row::parse(row.to_redis()).unwrap();
        let outcome = if row.refunds.is_empty() {
            drive_order(row.into_order().unwrap(), &self.protocol)
        } else {
            let (order, refund) = row.into_refund().unwrap();
            drive_refund(order, refund)
        };
        let found = (store, self.place(Who::Worker, outcome));
        self.claims.insert((payment, at, later), found);
        found
    }

    /// Returns the store of Payment once every hold that was made at the start is over: nothing is
    /// due by itself.
    pub(crate) fn later(&mut self, payment: u32) -> u32 {
        if let Some(known) = self.later.get(&payment) {
            return *known;
        }
        let store = scheduled(&self.stores.get(payment).store, None, true);
        let found = self.keep(Side::Payment, store);
        self.later.insert(payment, found);
        found
    }

    /// Returns the store as if `order` had ended the shortest way.
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

    /// Returns the members of the work set, each with the buyer whose order it is about.
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

    /// Returns the numbers of stores, drivers and function runs that were met.
    pub(crate) fn met(&self) -> (usize, usize, usize) {
        (self.stores.things.len(), self.drivers.things.len(), self.done.len())
    }
}
