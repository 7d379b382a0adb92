//! Moves an order on: `flow/drive.rs`, `routes/create_order.rs` and `routes/cancel_order.rs`, with
//! production's `next_step` and `apply` between the calls.

use estore_contract::OrderId;
use estore_payment::{
    domain::{
        Order, State,
        protocol::{self, Command, Step, Transition, apply, next_step},
    },
    store::{
        orders::{Created, advanced, created, step_call},
        parse::Row,
    },
};
use time::Duration;

use super::{Doing, Outcome, Who};
use crate::model::{
    calls::Call,
    cast::{self, HOLD, LEASE},
    emulated::Reply,
    wire,
};

/// The functions that decide. A mutant replaces a part of them.
#[derive(Clone, Copy)]
pub(crate) struct Protocol {
    pub(crate) next_step: fn(&Order, Duration) -> Step,
    pub(crate) apply: fn(&Order, &Command, protocol::Outcome) -> Step,
    /// Returns true if a client may still cancel.
    pub(crate) cancellable: fn(State) -> bool,
}

impl Protocol {
    /// Production's functions.
    pub(crate) const REAL: Self = Self { next_step, apply, cancellable: State::can_time_out };
}

/// The call that is on its way.
#[derive(Debug, Clone)]
pub(crate) enum Buying {
    /// Creates the order: the buyer, and the number of units.
    Create(usize, u32),
    /// A client's cancel reads the order.
    Look(OrderId),
    /// A client's cancel undoes the order as it saw it.
    Undo(Box<Order>),
    Send(Box<Order>, Command),
    Apply(Box<Order>, Box<Transition>),
    Postpone(Box<Order>),
}

impl From<Buying> for Outcome {
    fn from(next: Buying) -> Self {
        Doing::Buying(next).into()
    }
}

impl Buying {
    pub(super) fn call(&self) -> Call {
        match self {
            Self::Create(buyer, quantity) => cast::purchase(*buyer, *quantity),
            Self::Look(order) => Call::look(*order),
            Self::Undo(order) => Call::of(&step_call(order, &undo(), LEASE).unwrap()),
            Self::Send(order, command) => wire::asked(order, command),
            Self::Apply(order, step) => Call::of(&step_call(order, step, LEASE).unwrap()),
            Self::Postpone(order) => Call::postpone(order),
        }
    }

    /// Returns the order that it works on.
    pub(super) fn order(&self) -> OrderId {
        match self {
            Self::Create(buyer, _) => cast::order(*buyer),
            Self::Look(order) => *order,
            Self::Undo(order) | Self::Send(order, _) | Self::Apply(order, _) | Self::Postpone(order) => {
                order.id
            }
        }
    }

    pub(super) fn answered(&self, who: Who, reply: Reply, protocol: &Protocol) -> Outcome {
        let word = reply.word();
        let row = |reply: &Reply| Row::parse(reply.to_redis()).unwrap().into_order().unwrap();
        let now =
            |order: &Order, step: &Transition, reply: &Reply| match advanced(order, step, reply.to_redis())
                .unwrap()
            {
                Ok(moved) => moved.order,
                Err(stale) => stale,
            };
        match (self, word.as_str()) {
            (Self::Create(buyer, quantity), "created" | "exists") => {
                match cast::bought(*buyer, *quantity, |new| created(new, reply.to_redis()).unwrap()) {
                    Created::New(order) => drive(order, protocol),
                    Created::Existing(order) => told(who, &order),
                    Created::Reused(order) => Outcome::odd(format!("{order} was made by another body")),
                }
            }
            // The account is closed: 403; no such order: 404.
            (Self::Create(..), "closed") | (Self::Look(_), "none") => Outcome::default(),
            (Self::Look(_), "found") => cancel(who, row(&reply), protocol),
            (Self::Undo(order), "advanced" | "stale") => cancel(who, now(order, &undo(), &reply), protocol),
            (Self::Send(order, command), _) => match wire::answered(order, command, reply) {
                Some(answer) => follow(order.clone(), (protocol.apply)(order, command, answer)),
                None => Outcome { alarm: Some(format!("{command:?}: {word}")), ..give_up(order.clone()) },
            },
            (Self::Apply(order, step), "advanced" | "stale") => {
                let now = now(order, step, &reply);
                let next = if now.state.is_final() || now.version == order.version {
                    told(who, &now)
                } else {
                    drive(now, protocol)
                };
                // A driver that was overtaken raises no alarm.
                let alarm = step.alarm.filter(|_| word == "advanced").map(str::to_owned);
                Outcome { alarm: alarm.or(next.alarm), ..next }
            }
            (Self::Apply(order, step), _) => {
                Outcome { alarm: Some(format!("{step:?}: {word}")), ..give_up(order.clone()) }
            }
            // The client gets the order as last seen.
            (Self::Postpone(order), _) => told(who, order),
            (other, _) => Outcome::odd(format!("{other:?}: {word}")),
        }
    }

    pub(super) fn unknown(&self, who: Who) -> Outcome {
        match self {
            // 503: the client may repeat it.
            Self::Create(..) | Self::Look(_) | Self::Undo(_) => Outcome::default(),
            Self::Send(order, _) | Self::Apply(order, _) => give_up(order.clone()),
            // The lease ends by itself.
            Self::Postpone(order) => told(who, order),
        }
    }
}

/// Takes up an order that was just read, as the worker does too.
pub(crate) fn drive(order: Order, protocol: &Protocol) -> Outcome {
    let hold = Duration::try_from(HOLD).unwrap();
    let next = (protocol.next_step)(&order, hold);
    // The time of the reading is not needed any more.
    let order = Order { now: order.created_at, ..order };
    follow(Box::new(order), next)
}

fn follow(order: Box<Order>, next: Step) -> Outcome {
    match next {
        Step::Command(command) => Buying::Send(order, command).into(),
        Step::Transition(step) => Buying::Apply(order, Box::new(step)).into(),
        Step::Alarm(alarm, next) => Outcome { alarm: Some(alarm.to_owned()), ..follow(order, *next) },
        Step::RetryLater(_) => give_up(order),
    }
}

/// Returns the transition of a client's cancel.
fn undo() -> Transition {
    Transition::to(State::Cancelling)
}

fn give_up(order: Box<Order>) -> Outcome {
    Buying::Postpone(order).into()
}

fn cancel(who: Who, order: Order, protocol: &Protocol) -> Outcome {
    match order.state {
        state if (protocol.cancellable)(state) => Buying::Undo(Box::new(order)).into(),
        State::Cancelling => drive(order, protocol),
        // 409: not cancellable any more, or final; or it is cancelled.
        _ => told(who, &order),
    }
}

/// Answers the client with the order as the request last saw it.
fn told(who: Who, order: &Order) -> Outcome {
    let has_client = matches!(who, Who::Buyer(_) | Who::Canceller(_));
    Outcome { told: has_client.then_some(order.state), ..Outcome::default() }
}
