//! Moves a refund on: `routes/create_refund.rs` and `flow/refund.rs`.

use std::collections::BTreeMap;

use estore_contract::{Money, OrderId, Sku};
use estore_payment::{
    domain::{
        Fingerprint, Order, Refund,
        protocol::{
            self, RefundCommand, RefundOutcome, RefundStep, RefundTransition, apply_refund, next_refund_step,
        },
        refundable,
    },
    store::{
        parse::Row,
        refunds::{NewRefund, advance_call, request_call},
    },
};

use super::{Doing, Outcome};
use crate::model::{
    calls::{Call, Side},
    cast::{self, EPOCH, LEASE},
    emulated::Reply,
    wire,
};

/// An admin's request: the number of its key, and the number of units.
type Wish = (usize, u32);

/// The call that is on its way.
#[derive(Debug, Clone)]
pub(crate) enum Refunding {
    /// Reads the order and its refunds.
    Look(Wish),
    /// Books the refund: lines and amount were summed from the order as it was read.
    Book(Wish, Box<Order>, BTreeMap<Sku, u32>, Money),
    Send(Box<(Order, Refund)>, RefundCommand),
    Apply(Box<(Order, Refund)>, RefundTransition),
    Postpone(Box<(Order, Refund)>),
}

impl From<Refunding> for Outcome {
    fn from(next: Refunding) -> Self {
        Doing::Refunding(next).into()
    }
}

impl Refunding {
    pub(super) fn call(&self) -> Call {
        match self {
            Self::Look(_) => Call::refunds(cast::order(0)),
            Self::Book((key, units), order, lines, amount) => {
                let new = NewRefund {
                    order,
                    key: &key.to_string(),
                    fingerprint: &Fingerprint::of(&cast::refund(*units)).unwrap(),
                    lines,
                    amount: *amount,
                    restock: true,
                    reason: None,
                    lease: LEASE,
                    cause: None,
                };
                Call::of(&request_call(&new))
            }
            Self::Send(both, RefundCommand::Money { amount, .. }) => {
                let (order, refund) = both.as_ref();
                let (n, amount) = (refund.n.to_string(), amount.amount.to_string());
                Call::new(Side::Gateway, "gw1_refund", [order.id.to_string(), n, amount])
            }
            Self::Send(both, RefundCommand::Stock) => {
                let (order, refund) = both.as_ref();
                let lines = refund.lines.iter().flat_map(|(sku, units)| [sku.to_string(), units.to_string()]);
                let first = [EPOCH.to_string(), order.id.to_string(), refund.n.to_string()];
                Call::new(Side::Inventory, "inv1_return_at", first.into_iter().chain(lines))
            }
            Self::Apply(both, step) => Call::of(&advance_call(both.0.id, &both.1, step, LEASE)),
            Self::Postpone(both) => Call::postpone_refund(both.0.id, &both.1),
        }
    }

    /// Returns the refund that it works on; none if it is not booked yet.
    pub(super) fn place(&self) -> Option<(OrderId, u32)> {
        match self {
            Self::Look(_) | Self::Book(..) => None,
            Self::Send(both, _) | Self::Apply(both, _) | Self::Postpone(both) => Some((both.0.id, both.1.n)),
        }
    }

    pub(super) fn answered(&self, reply: Reply) -> Outcome {
        let word = reply.word();
        let row = |reply: &Reply| Row::parse(reply.to_redis()).unwrap();
        match (self, word.as_str()) {
            (Self::Look(wish), "found") => {
                let row = row(&reply);
                book(*wish, row.order.unwrap(), &row.refunds)
            }
            (Self::Book(..), "created") => {
                let (order, refund) = row(&reply).into_refund().unwrap();
                drive(order, refund)
            }
            (Self::Book(wish, ..), "changed") => Self::Look(*wish).into(),
            (Self::Send(both, command), _) => {
                let answer = match command {
                    RefundCommand::Money { .. } => Some(RefundOutcome::Money(wire::refunded(reply))),
                    RefundCommand::Stock => match wire::done(reply, &wire::RESTOCK) {
                        Some(protocol::Outcome::Done) => Some(RefundOutcome::Stock),
                        Some(protocol::Outcome::Refused(code, _)) => Some(RefundOutcome::NoStock(code)),
                        _ => None,
                    },
                };
                match answer {
                    Some(answer) => follow(both.clone(), apply_refund(answer)),
                    None => Outcome {
                        alarm: Some(format!("{command:?}: {word}")),
                        ..Self::Postpone(both.clone()).into()
                    },
                }
            }
            (Self::Apply(both, _), "advanced" | "stale") => {
                let (order, refund) = row(&reply).into_refund().unwrap();
                let ends = refund.stage.is_final() || refund.version == both.1.version;
                if ends { Outcome::default() } else { drive(order, refund) }
            }
            // An earlier request made it, and the client gets it; or the client gets it as last
            // seen.
            (Self::Book(..), "exists") | (Self::Postpone(_), _) => Outcome::default(),
            (other, _) => Outcome::odd(format!("{other:?}: {word}")),
        }
    }

    pub(super) fn unknown(&self) -> Outcome {
        match self {
            Self::Send(both, _) | Self::Apply(both, _) => Self::Postpone(both.clone()).into(),
            _ => Outcome::default(),
        }
    }
}

/// Takes up a refund that was just read, as the worker does too.
pub(crate) fn drive(order: Order, refund: Refund) -> Outcome {
    let next = next_refund_step(&order, &refund);
    follow(Box::new((order, refund)), next)
}

fn book(wish: Wish, order: Order, before: &[Refund]) -> Outcome {
    if before.iter().any(|refund| refund.key == wish.0.to_string()) {
        return Outcome::default();
    }
    match refundable(&order, before, &cast::refund(wish.1)) {
        Ok((lines, amount)) => Refunding::Book(wish, Box::new(order), lines, amount).into(),
        // 422: nothing is left to refund.
        Err(_) => Outcome::default(),
    }
}

fn follow(both: Box<(Order, Refund)>, next: RefundStep) -> Outcome {
    match next {
        RefundStep::Command(command) => Refunding::Send(both, command).into(),
        RefundStep::Transition(step) => Refunding::Apply(both, step).into(),
        RefundStep::Alarm(alarm, next) => Outcome { alarm: Some(alarm.to_owned()), ..follow(both, *next) },
        RefundStep::RetryLater(_) => Refunding::Postpone(both).into(),
    }
}
