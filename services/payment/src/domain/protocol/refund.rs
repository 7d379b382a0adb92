//! The next step of a refund: the money first, then the stock.

use estore_contract::{Code, Money};

use super::Step;
use crate::domain::{Order, Refund, RefundStage, RefundState};

/// A command for a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundCommand {
    /// Gateway: refund the money.
    Money {
        /// The captured payment.
        payment: String,
        /// The amount to refund.
        amount: Money,
    },
    /// Inventory: restock the lines.
    Stock,
}

/// A final outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundOutcome {
    /// The gateway's answer.
    Money(RefundState),
    /// The stock is restocked.
    Stock,
    /// Inventory refuses for good.
    NoStock(Code),
}

/// A transition of a refund.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundTransition {
    /// The stage that the refund moves to.
    pub to: RefundStage,
    /// The reason why it failed.
    pub failure: Option<String>,
}

/// The next step of a refund.
pub type RefundStep = Step<RefundCommand, RefundTransition>;

/// Returns the first step for `refund`.
#[must_use]
pub fn next_refund_step(order: &Order, refund: &Refund) -> RefundStep {
    match (refund.stage, &order.payment) {
        // A refund of 0 moves no money, so the gateway is not called.
        (RefundStage::Requested, _) if refund.amount.is_zero() => to(RefundStage::Paid, None),
        (RefundStage::Requested, Some(payment)) => {
            RefundStep::Command(RefundCommand::Money { payment: payment.clone(), amount: refund.amount })
        }
        (RefundStage::Requested, None) => RefundStep::RetryLater("the order has no payment"),
        (RefundStage::Paid, _) if refund.restock => RefundStep::Command(RefundCommand::Stock),
        (RefundStage::Paid, _) => to(RefundStage::Done, None),
        (RefundStage::Done | RefundStage::Failed, _) => RefundStep::RetryLater("the refund is final"),
    }
}

/// Returns the step that follows `outcome`.
#[must_use]
pub fn apply_refund(outcome: RefundOutcome) -> RefundStep {
    match outcome {
        RefundOutcome::Money(RefundState::Done) => to(RefundStage::Paid, None),
        RefundOutcome::Money(RefundState::Failed(code)) => to(RefundStage::Failed, Some(code)),
        // The refund that has this number at the gateway is not ours. An operator compares both.
        RefundOutcome::Money(RefundState::Taken) => RefundStep::Alarm(
            "refund_number_taken",
            Box::new(to(RefundStage::Failed, RefundState::Taken.failure())),
        ),
        RefundOutcome::Stock => to(RefundStage::Done, None),
        // The money is refunded, but the stock is not restocked. An operator must adjust the stock.
        RefundOutcome::NoStock(_) => {
            RefundStep::Alarm("refund_not_restocked", Box::new(to(RefundStage::Done, None)))
        }
    }
}

fn to(to: RefundStage, failure: Option<String>) -> RefundStep {
    RefundStep::Transition(RefundTransition { to, failure })
}
