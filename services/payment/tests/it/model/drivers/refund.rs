//! Moving a refund on: `routes/create_refund.rs` and `flow/refund.rs`.

use std::collections::BTreeMap;

use estore_contract::{Code, Money, OrderId, Sku};
use estore_payment::{
    domain::{
        Fingerprint, Order, Refund,
        protocol::{Answer, RefundAnswer, RefundAsk, RefundMove, RefundNext, begin_refund, then_refund},
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

/// What an admin asks for: under which key, how many pieces.
type Wish = (usize, u32);

/// What is on its way.
#[derive(Debug, Clone)]
pub(crate) enum Refunding {
    /// The order and its refunds are read.
    Look(Wish),
    /// The refund is booked: lines and amount were summed of the order as it was read.
    Book(Wish, Box<Order>, BTreeMap<Sku, u32>, Money),
    Ask(Box<(Order, Refund)>, RefundAsk),
    Move(Box<(Order, Refund)>, RefundMove),
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
            Self::Book((key, pieces), order, lines, amount) => {
                let new = NewRefund {
                    order,
                    key: &key.to_string(),
                    fingerprint: &Fingerprint::of(&cast::refund(*pieces)).unwrap(),
                    lines,
                    amount: *amount,
                    restock: true,
                    reason: None,
                    lease: LEASE,
                    cause: None,
                };
                Call::of(&request_call(&new))
            }
            Self::Ask(both, RefundAsk::Money { amount, .. }) => {
                let (order, refund) = both.as_ref();
                let (n, amount) = (refund.n.to_string(), amount.amount.to_string());
                Call::new(Side::Gateway, "gw1_refund", [order.id.to_string(), n, amount])
            }
            Self::Ask(both, RefundAsk::Stock) => {
                let (order, refund) = both.as_ref();
                let lines =
                    refund.lines.iter().flat_map(|(sku, pieces)| [sku.to_string(), pieces.to_string()]);
                let first = [EPOCH.to_string(), order.id.to_string(), refund.n.to_string()];
                Call::new(Side::Inventory, "inv1_return_at", first.into_iter().chain(lines))
            }
            Self::Move(both, step) => Call::of(&advance_call(both.0.id, &both.1, step, LEASE)),
            Self::Postpone(both) => Call::postpone_refund(both.0.id, &both.1),
        }
    }

    /// Which refund it is at; none where it is not booked yet.
    pub(super) fn place(&self) -> Option<(OrderId, u32)> {
        match self {
            Self::Look(_) | Self::Book(..) => None,
            Self::Ask(both, _) | Self::Move(both, _) | Self::Postpone(both) => Some((both.0.id, both.1.n)),
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
            (Self::Ask(both, ask), _) => {
                let answer = match ask {
                    RefundAsk::Money { .. } => Some(RefundAnswer::Money(wire::refunded(reply))),
                    RefundAsk::Stock => match wire::done(reply, &[Code::ReservationClosed]) {
                        Some(Answer::Done) => Some(RefundAnswer::Stock),
                        Some(Answer::Refused(code, _)) => Some(RefundAnswer::NoStock(code)),
                        _ => None,
                    },
                };
                match answer {
                    Some(answer) => follow(both.clone(), then_refund(answer)),
                    None => Outcome {
                        alarm: Some(format!("{ask:?}: {word}")),
                        ..Self::Postpone(both.clone()).into()
                    },
                }
            }
            (Self::Move(both, _), "advanced" | "stale") => {
                let (order, refund) = row(&reply).into_refund().unwrap();
                let ends = refund.stage.is_final() || refund.version == both.1.version;
                if ends { Outcome::default() } else { drive(order, refund) }
            }
            // Made before, and said so; or as it was last seen.
            (Self::Book(..), "exists") | (Self::Postpone(_), _) => Outcome::default(),
            (other, _) => Outcome::odd(format!("{other:?}: {word}")),
        }
    }

    pub(super) fn unknown(&self) -> Outcome {
        match self {
            Self::Ask(both, _) | Self::Move(both, _) => Self::Postpone(both.clone()).into(),
            _ => Outcome::default(),
        }
    }
}

/// Takes up a refund that was just seen, as the worker does too.
pub(crate) fn drive(order: Order, refund: Refund) -> Outcome {
    let next = begin_refund(&order, &refund);
    follow(Box::new((order, refund)), next)
}

fn book(wish: Wish, order: Order, before: &[Refund]) -> Outcome {
    if before.iter().any(|refund| refund.key == wish.0.to_string()) {
        return Outcome::default();
    }
    match refundable(&order, before, &cast::refund(wish.1)) {
        Ok((lines, amount)) => Refunding::Book(wish, Box::new(order), lines, amount).into(),
        // 422: nothing is left.
        Err(_) => Outcome::default(),
    }
}

fn follow(both: Box<(Order, Refund)>, next: RefundNext) -> Outcome {
    match next {
        RefundNext::Ask(ask) => Refunding::Ask(both, ask).into(),
        RefundNext::Move(step) => Refunding::Move(both, step).into(),
        RefundNext::Alarm(alarm, next) => Outcome { alarm: Some(alarm.to_owned()), ..follow(both, *next) },
        RefundNext::Stuck(_) => Refunding::Postpone(both).into(),
    }
}
