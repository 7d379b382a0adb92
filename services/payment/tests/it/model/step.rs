//! The state that follows a step.

use estore_payment::{domain::State as Stands, store::accounts::close_call};

use super::{
    book::Step,
    calls::{Call, Side},
    cast::{self, LEASE},
    drivers::{Buying, Doing, Driver, Reconciling, Refunding, Who},
    quiet::{is_still, is_taken},
    scenario::Scenario,
    state::{Action, CANCELLED, COMPLETED, State},
    world::World,
};

impl State {
    /// Returns the state after `action`, except for `broken`.
    pub(crate) fn after(&self, world: &mut World, scenario: &Scenario, action: Action) -> Self {
        let mut next = self.clone();
        let left = &mut next.left;
        match action {
            Action::Deliver(driver) => {
                next.remove(driver);
                let call = world.driver(driver).call;
                let reply = next.run(world, call);
                next.goes_on(world, driver, Some(reply));
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
                next.goes_on(world, driver, None);
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
                if is_taken(world, self, &world.work(self.stores[1])[at].1) {
                    left.hasty -= 1;
                    next.disturbed = true;
                }
                let (payment, step) = world.claim(self.stores[1], at, self.later);
                next.stores[1] = payment;
                next.takes(step);
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
                next.begin(world, Who::Buyer(0), Doing::Buying(Buying::Create(0, scenario.units[0])));
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
            Action::Close => {
                left.closes -= 1;
                next.disturbed = true;
                let order = world.payment(self.stores[1]).orders[0].as_ref();
                // The owner who closes an account learns that orders which are not being sold yet
                // never will be.
                if order.is_some_and(|order| order.state.can_time_out()) {
                    next.told[0] |= CANCELLED;
                }
                let call = world.number_call(Call::of(&close_call(cast::user(0), 500, LEASE)));
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

    /// Starts a driver.
    pub(crate) fn begin(&mut self, world: &mut World, who: Who, doing: Doing) {
        let driver = world.number_driver(Driver { who, doing });
        self.insert(driver);
    }

    /// Starts an admin's refund.
    pub(crate) fn begin_refund(&mut self, world: &mut World, key: usize, units: u32) {
        self.begin(world, Who::Admin(key), Doing::Refunding(Refunding::Look((key, units))));
    }

    /// Makes a call before the exploration begins.
    pub(crate) fn do_now(&mut self, world: &mut World, call: Call) {
        let call = world.number_call(call);
        self.run(world, call);
    }

    /// Lets every driver finish undisturbed before the exploration begins.
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

    fn goes_on(&mut self, world: &mut World, driver: u32, reply: Option<u32>) {
        let who = world.driver(driver).driver.who;
        let step = world.step(driver, reply);
        if let (Who::Buyer(buyer) | Who::Canceller(buyer), Some(state)) = (who, step.told) {
            self.told[buyer] |= match state {
                Stands::Completed => COMPLETED,
                Stands::Cancelled => CANCELLED,
                Stands::Cancelling if who == Who::Canceller(buyer) => CANCELLED,
                _ => 0,
            };
        }
        self.takes(step);
    }

    fn takes(&mut self, step: Step) {
        self.alarmed |= step.alarmed;
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

    /// Adds a call that no driver waits for any more, or that is on its way twice. A call that only
    /// reads has no effect then and is dropped.
    fn orphan(&mut self, world: &World, call: u32) {
        if !world.call(call).read_only {
            let at = self.late.partition_point(|other| *other < call);
            self.late.insert(at, call);
        }
    }
}
