//! A state of the model, and what may happen next in it.

use estore_payment::domain::State as Stands;

use super::{
    calls::{Call, Side},
    cast::{self, LATER},
    drivers::{Buying, Doing, Driver, Reconciling, Refunding, Who},
    scenario::Scenario,
    world::World,
};

/// What may still go wrong, and what clients may still do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(crate) struct Left {
    /// Drivers that vanish; the call on its way may still be done, now, later or never.
    pub(crate) crashes: u8,
    /// Answers that are not waited for: the driver gives up; the call may still be done, now, later or never.
    pub(crate) silences: u8,
    /// Calls that are done a second time, at any time, or never.
    pub(crate) doubles: u8,
    /// Leases that end although somebody is still at it: two drivers of one order.
    pub(crate) hasty: u8,
    /// Buyer 0 sends its request again with the same key, without waiting.
    pub(crate) repeats: u8,
    /// Buyer 0 cancels.
    pub(crate) cancels: u8,
    /// Buyer 0's authorization runs out.
    pub(crate) run_outs: u8,
    /// Rounds of the reconciler before it is quiet.
    pub(crate) rounds: u8,
}

/// A state. Everything is a number in the world.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct State {
    /// Inventory's, Payment's, the gateway's.
    pub(crate) stores: [u32; 3],
    /// Sorted.
    pub(crate) drivers: Vec<u32>,
    /// Calls that nobody waits for and that may still be done. Sorted.
    pub(crate) late: Vec<u32>,
    /// Whether the holds that were made at the start are over.
    pub(crate) later: bool,
    pub(crate) left: Left,
    /// What each buyer was told: bits of `COMPLETED` and `CANCELLED`.
    pub(crate) told: [u8; 2],
    /// Whether anything kept the buyers from buying.
    pub(crate) disturbed: bool,
    /// Whether something asked for a person that should never happen here.
    pub(crate) alarmed: bool,
    /// Rounds of the reconciler once all was quiet.
    pub(crate) settling: u8,
    /// The equations that do not hold here, by bit.
    pub(crate) broken: u32,
}

pub(crate) const COMPLETED: u8 = 1;
/// It is, or will be: it is never captured.
pub(crate) const CANCELLED: u8 = 2;

/// What may happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// A driver's call is done, and it takes the answer.
    Deliver(u32),
    Crash(u32),
    Silence(u32),
    Double(u32),
    /// A call that nobody waits for is done.
    Late(u32),
    /// The worker takes the n-th in the work set.
    Claim(usize),
    /// The holds of the start are over.
    Wait,
    Sweep,
    Repeat,
    Cancel,
    RunOut,
    Reconcile,
}

/// The reconciler needs no more to settle what is quiet.
pub(crate) const MOST_ROUNDS: u8 = 4;

pub(crate) fn is_taken(world: &World, state: &State, member: &str) -> bool {
    state.drivers.iter().any(|driver| world.driver(*driver).member.as_deref() == Some(member))
}

pub(crate) fn must_sweep(world: &World, state: &State) -> bool {
    state.later && world.inventory(state.stores[0]).first_deadline.is_some_and(|deadline| deadline <= LATER)
}

/// Nobody is at anything, nothing waits, and every hold is over. Calls that were lost may still arrive.
pub(crate) fn is_still(world: &World, state: &State) -> bool {
    state.drivers.is_empty()
        && world.work(state.stores[1]).is_empty()
        && state.later
        && !must_sweep(world, state)
}

/// Whether the reconciler has read everything, and settled it.
pub(crate) fn is_settled(world: &World, state: &State) -> bool {
    let payment = world.payment(state.stores[1]);
    let last = world.inventory(state.stores[0]).last_entry.map(|(ms, n)| format!("{ms}-{n}"));
    payment.settled && payment.journal_place == last
}

/// Whether what must hold when quiet must hold now: it is still, and nothing but faults and clients can change it.
pub(crate) fn is_quiet(world: &World, scenario: &Scenario, state: &State) -> bool {
    let settles = scenario.reconciles && state.settling < MOST_ROUNDS && !is_settled(world, state);
    is_still(world, state) && !settles
}

/// Whether the reconciler could not settle what is quiet.
pub(crate) fn is_unsettled(world: &World, scenario: &Scenario, state: &State) -> bool {
    scenario.reconciles
        && state.settling == MOST_ROUNDS
        && is_still(world, state)
        && !is_settled(world, state)
}

impl State {
    /// What follows from `action`, but for `broken`.
    pub(crate) fn after(&self, world: &mut World, scenario: &Scenario, action: Action) -> Self {
        let mut next = self.clone();
        let left = &mut next.left;
        match action {
            Action::Deliver(driver) => {
                next.remove(driver);
                let call = world.driver(driver).call;
                let reply = next.run(world, call);
                next.goes_on(world, scenario, driver, Some(reply));
            }
            Action::Crash(driver) => {
                left.crashes -= 1;
                next.disturbed = true;
                next.remove(driver);
                next.orphan(world, world.driver(driver).call);
            }
            Action::Silence(driver) => {
                left.silences -= 1;
                next.disturbed = true;
                next.remove(driver);
                next.orphan(world, world.driver(driver).call);
                next.goes_on(world, scenario, driver, None);
            }
            Action::Double(driver) => {
                left.doubles -= 1;
                next.orphan(world, world.driver(driver).call);
            }
            Action::Late(call) => {
                let at = next.late.iter().position(|late| *late == call).unwrap();
                next.late.remove(at);
                next.run(world, call);
            }
            Action::Claim(at) => {
                let member = world.work(self.stores[1])[at].1.clone();
                if is_taken(world, self, &member) {
                    left.hasty -= 1;
                    next.disturbed = true;
                }
                let (payment, step) = world.claim(self.stores[1], &member, self.later);
                next.stores[1] = payment;
                next.takes(world, scenario, &step);
            }
            Action::Wait => {
                next.later = true;
                next.disturbed |= !(self.drivers.is_empty() && world.work(self.stores[1]).is_empty());
                next.stores[1] = world.later(self.stores[1]);
            }
            Action::Sweep => {
                let call = world.number_call(Call::sweep());
                next.run(world, call);
            }
            Action::Repeat => {
                left.repeats -= 1;
                next.begin(world, Who::Buyer(0), Doing::Buying(Buying::Create(0, scenario.pieces[0])));
            }
            Action::Cancel => {
                left.cancels -= 1;
                next.disturbed = true;
                next.begin(world, Who::Canceller(0), Doing::Buying(Buying::Look(cast::order(0))));
            }
            Action::RunOut => {
                left.run_outs -= 1;
                next.disturbed = true;
                let void = Call::new(Side::Gateway, "gw1_void", [cast::order(0)]);
                let call = world.number_call(void);
                next.run(world, call);
            }
            Action::Reconcile => {
                if is_still(world, self) && left.rounds == 0 {
                    next.settling += 1;
                } else {
                    left.rounds -= 1;
                }
                next.begin(world, Who::Reconciler, Doing::Reconciling(Reconciling::Place));
            }
        }
        next
    }

    /// Somebody sets out.
    pub(crate) fn begin(&mut self, world: &mut World, who: Who, doing: Doing) {
        let driver = world.number_driver(Driver { who, doing });
        self.insert(driver);
    }

    /// An admin asks for a refund.
    pub(crate) fn begin_refund(&mut self, world: &mut World, key: usize, pieces: u32) {
        self.begin(world, Who::Admin(key), Doing::Refunding(Refunding::Look((key, pieces))));
    }

    /// Something is done before it begins.
    pub(crate) fn do_now(&mut self, world: &mut World, call: Call) {
        let call = world.number_call(call);
        self.run(world, call);
    }

    /// Everybody goes on undisturbed before it begins.
    pub(crate) fn settle(&mut self, world: &mut World, scenario: &Scenario) {
        while let Some(driver) = self.drivers.first() {
            *self = self.after(world, scenario, Action::Deliver(*driver));
        }
    }

    fn run(&mut self, world: &mut World, call: u32) -> u32 {
        let side = world.call(call).side as usize;
        let (store, reply) = world.run(self.stores[side], call, self.later);
        self.stores[side] = store;
        reply
    }

    fn goes_on(&mut self, world: &mut World, scenario: &Scenario, driver: u32, reply: Option<u32>) {
        let who = world.driver(driver).driver.who;
        let step = world.step(driver, reply);
        if let (Who::Buyer(buyer) | Who::Canceller(buyer), Some(state)) = (who, step.outcome.told) {
            self.told[buyer] |= match state {
                Stands::Completed => COMPLETED,
                Stands::Cancelled => CANCELLED,
                Stands::Cancelling if who == Who::Canceller(buyer) => CANCELLED,
                _ => 0,
            };
        }
        self.takes(world, scenario, &step);
    }

    fn takes(&mut self, _world: &World, scenario: &Scenario, step: &super::world::Step) {
        let expected = |alarm: &String| scenario.alarms.contains(&alarm.as_str());
        self.alarmed |= step.outcome.alarm.as_ref().is_some_and(|alarm| !expected(alarm));
        if let Some(driver) = step.next {
            self.insert(driver);
        }
    }

    fn insert(&mut self, driver: u32) {
        let at = self.drivers.partition_point(|other| *other < driver);
        self.drivers.insert(at, driver);
    }

    fn remove(&mut self, driver: u32) {
        let at = self.drivers.iter().position(|other| *other == driver).unwrap();
        self.drivers.remove(at);
    }

    /// Nobody waits for this call any more, or it is on its way twice. One that only reads is of no account then.
    fn orphan(&mut self, world: &World, call: u32) {
        if !world.call(call).read_only {
            let at = self.late.partition_point(|other| *other < call);
            self.late.insert(at, call);
        }
    }
}
