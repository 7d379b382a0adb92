//! What a refund needs next: the money first, then the stock.

use estore_contract::{Code, Money};

use crate::domain::{Order, Refund, RefundStage, RefundState};

/// What is asked for a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundAsk {
    /// Gateway: send the money back.
    Money {
        /// The captured payment.
        payment: String,
        /// How much.
        amount: Money,
        /// Whether an earlier call's answer may have been lost.
        again: bool,
    },
    /// Inventory: put the lines back.
    Stock,
}

/// A final answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundAnswer {
    /// What the gateway said.
    Money(RefundState),
    /// The stock is back.
    Stock,
    /// Inventory refuses for good.
    NoStock(Code),
}

/// A transition of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundMove {
    /// Where to.
    pub to: RefundStage,
    /// Why it failed.
    pub failure: Option<String>,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundNext {
    /// This is asked.
    Ask(RefundAsk),
    /// The refund moves.
    Move(RefundMove),
    /// Something that should never happen: it asks for a person; then this.
    Alarm(&'static str, Box<RefundNext>),
    /// Not now: it is tried again.
    Stuck(&'static str),
}

/// The first thing to do for `refund`.
#[must_use]
pub fn begin_refund(order: &Order, refund: &Refund) -> RefundNext {
    match (refund.stage, &order.payment) {
        // No money goes back: the gateway is not asked.
        (RefundStage::Requested, _) if refund.amount.is_zero() => to(RefundStage::Paid, None),
        (RefundStage::Requested, Some(payment)) => RefundNext::Ask(RefundAsk::Money {
            payment: payment.clone(),
            amount: refund.amount,
            again: refund.attempts > 0,
        }),
        (RefundStage::Requested, None) => RefundNext::Stuck("the order has no payment"),
        (RefundStage::Paid, _) if refund.restock => RefundNext::Ask(RefundAsk::Stock),
        (RefundStage::Paid, _) => to(RefundStage::Done, None),
        (RefundStage::Done | RefundStage::Failed, _) => RefundNext::Stuck("the refund is final"),
    }
}

/// What an answer leads to.
#[must_use]
pub fn then_refund(answer: RefundAnswer) -> RefundNext {
    match answer {
        RefundAnswer::Money(RefundState::Done) => to(RefundStage::Paid, None),
        RefundAnswer::Money(RefundState::Failed(code)) => to(RefundStage::Failed, Some(code)),
        RefundAnswer::Stock => to(RefundStage::Done, None),
        // The money is back; that the stock is not asks for a person, who adjusts it.
        RefundAnswer::NoStock(_) => {
            RefundNext::Alarm("refund_not_restocked", Box::new(to(RefundStage::Done, None)))
        }
    }
}

fn to(to: RefundStage, failure: Option<String>) -> RefundNext {
    RefundNext::Move(RefundMove { to, failure })
}
