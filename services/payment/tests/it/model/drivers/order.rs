//! Moving an order on: `flow/drive.rs`, `routes/create_order.rs` and `routes/cancel_order.rs`, with production's `begin` and
//! `then` between the calls.

use estore_contract::OrderId;
use estore_payment::{
    domain::{
        Order, State,
        protocol::{Answer, Ask, Move, Next, begin, then},
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

/// What decides. A mutant replaces a part of it.
#[derive(Clone, Copy)]
pub(crate) struct Protocol {
    pub(crate) begin: fn(&Order, Duration) -> Next,
    pub(crate) then: fn(&Order, &Ask, Answer) -> Next,
    /// Whether a client may still cancel.
    pub(crate) cancellable: fn(State) -> bool,
}

impl Protocol {
    /// Production's.
    pub(crate) const REAL: Self = Self { begin, then, cancellable: State::can_time_out };
}

/// What is on its way.
#[derive(Debug, Clone)]
pub(crate) enum Buying {
    /// The order is created: whose, how many pieces.
    Create(usize, u32),
    /// A client's cancel looks at the order.
    Look(OrderId),
    /// A client's cancel undoes the order as it saw it.
    Undo(Box<Order>),
    Ask(Box<Order>, Ask),
    Move(Box<Order>, Box<Move>),
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
            Self::Ask(order, ask) => wire::asked(order, ask),
            Self::Move(order, step) => Call::of(&step_call(order, step, LEASE).unwrap()),
            Self::Postpone(order) => Call::postpone(order),
        }
    }

    /// Which order it is at.
    pub(super) fn order(&self) -> OrderId {
        match self {
            Self::Create(buyer, _) => cast::order(*buyer),
            Self::Look(order) => *order,
            Self::Undo(order) | Self::Ask(order, _) | Self::Move(order, _) | Self::Postpone(order) => {
                order.id
            }
        }
    }

    pub(super) fn answered(&self, who: Who, reply: Reply, protocol: &Protocol) -> Outcome {
        let word = reply.word();
        let row = |reply: &Reply| Row::parse(reply.to_redis()).unwrap().into_order().unwrap();
        let now = |order: &Order, step: &Move, reply: &Reply| match advanced(order, step, reply.to_redis())
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
            (Self::Ask(order, ask), _) => match wire::answered(order, ask, reply) {
                Some(answer) => follow(order.clone(), (protocol.then)(order, ask, answer)),
                None => Outcome { alarm: Some(format!("{ask:?}: {word}")), ..give_up(order.clone()) },
            },
            (Self::Move(order, step), "advanced" | "stale") => {
                let now = now(order, step, &reply);
                let next = if now.state.is_final() || now.version == order.version {
                    told(who, &now)
                } else {
                    drive(now, protocol)
                };
                // Who was overtaken says nothing.
                let alarm = step.alarm.filter(|_| word == "advanced").map(str::to_owned);
                Outcome { alarm: alarm.or(next.alarm), ..next }
            }
            (Self::Move(order, step), _) => {
                Outcome { alarm: Some(format!("{step:?}: {word}")), ..give_up(order.clone()) }
            }
            // As it was last seen.
            (Self::Postpone(order), _) => told(who, order),
            (other, _) => Outcome::odd(format!("{other:?}: {word}")),
        }
    }

    pub(super) fn unknown(&self, who: Who) -> Outcome {
        match self {
            // 503: the client may repeat it.
            Self::Create(..) | Self::Look(_) | Self::Undo(_) => Outcome::default(),
            Self::Ask(order, _) | Self::Move(order, _) => give_up(order.clone()),
            // The lease ends by itself.
            Self::Postpone(order) => told(who, order),
        }
    }
}

/// Takes up an order that was just seen, as the worker does too.
pub(crate) fn drive(order: Order, protocol: &Protocol) -> Outcome {
    let hold = Duration::try_from(HOLD).unwrap();
    let next = (protocol.begin)(&order, hold);
    // The time that it saw has served.
    let order = Order { now: order.created_at, ..order };
    follow(Box::new(order), next)
}

fn follow(order: Box<Order>, next: Next) -> Outcome {
    match next {
        Next::Ask(ask) => Buying::Ask(order, ask).into(),
        Next::Move(step) => Buying::Move(order, Box::new(step)).into(),
        Next::Alarm(alarm, next) => Outcome { alarm: Some(alarm.to_owned()), ..follow(order, *next) },
        Next::Stuck(_) => give_up(order),
    }
}

/// A client's cancel.
fn undo() -> Move {
    Move::to(State::Cancelling)
}

fn give_up(order: Box<Order>) -> Outcome {
    Buying::Postpone(order).into()
}

fn cancel(who: Who, order: Order, protocol: &Protocol) -> Outcome {
    match order.state {
        state if (protocol.cancellable)(state) => Buying::Undo(Box::new(order)).into(),
        State::Cancelling => drive(order, protocol),
        // 409: not to be cancelled any more, or final; or it is cancelled.
        _ => told(who, &order),
    }
}

/// The request answers its client with the order as it saw it last.
fn told(who: Who, order: &Order) -> Outcome {
    let has_client = matches!(who, Who::Buyer(_) | Who::Canceller(_));
    Outcome { told: has_client.then_some(order.state), ..Outcome::default() }
}
