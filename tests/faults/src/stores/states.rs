//! The states of section 3 of the order flow, written down once more: the checker takes nobody's word for its edges.

use std::fmt;

use serde::Deserialize;

use super::fields::{Misread, number, word};

/// A state of something that moves in transitions, each with a line in a log.
pub trait State: Copy + PartialEq + fmt::Debug + for<'de> Deserialize<'de> {
    /// Where it begins.
    const FIRST: Self;

    /// Whether nothing follows.
    fn is_final(self) -> bool;

    /// Whether `next` may follow.
    fn may_become(self, next: Self) -> bool;
}

/// Where an order stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// It exists; nothing is held.
    Accepted,
    /// The stock is held.
    Reserved,
    /// The money is authorized. Of earlier versions only.
    Authorized,
    /// The money is authorized, and the stock is being sold.
    Confirming,
    /// The stock is sold. Of earlier versions only.
    Confirmed,
    /// The money is taken.
    Completed,
    /// It is being undone.
    Cancelling,
    /// It is undone.
    Cancelled,
}

impl State for OrderState {
    const FIRST: Self = Self::Accepted;

    fn is_final(self) -> bool {
        matches!(self, Self::Completed | Self::Cancelled)
    }

    fn may_become(self, next: Self) -> bool {
        match self {
            Self::Accepted => matches!(next, Self::Reserved | Self::Cancelling),
            // To itself: an earlier version notes the payment's id.
            Self::Reserved => {
                matches!(next, Self::Reserved | Self::Authorized | Self::Confirming | Self::Cancelling)
            }
            Self::Authorized => matches!(next, Self::Confirming | Self::Cancelling),
            Self::Confirming => matches!(next, Self::Confirmed | Self::Completed | Self::Cancelling),
            Self::Confirmed => matches!(next, Self::Completed | Self::Cancelling),
            Self::Cancelling => next == Self::Cancelled,
            Self::Completed | Self::Cancelled => false,
        }
    }
}

/// Where a refund stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// It is promised.
    Requested,
    /// The money went back.
    Paid,
    /// The stock came back too, where it should.
    Done,
    /// The gateway will not, for good.
    Failed,
}

impl State for RefundState {
    const FIRST: Self = Self::Requested;

    fn is_final(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }

    fn may_become(self, next: Self) -> bool {
        match self {
            Self::Requested => matches!(next, Self::Paid | Self::Failed),
            Self::Paid => next == Self::Done,
            Self::Done | Self::Failed => false,
        }
    }
}

impl OrderState {
    /// Whether it is undone or being undone.
    #[must_use]
    pub const fn is_undone(self) -> bool {
        matches!(self, Self::Cancelling | Self::Cancelled)
    }
}

impl RefundState {
    /// Whether the gateway sent the money back.
    #[must_use]
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Paid | Self::Done)
    }
}

/// One transition, as its log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<S> {
    /// The version it made.
    pub version: i64,
    /// The state before; `None` for the first.
    pub from: Option<S>,
    /// The state after.
    pub to: S,
    /// When, in ms by the store's clock.
    pub at: i64,
}

/// The lines of a log: `version from to ms`.
pub(super) fn steps<S: State>(subject: &str, lines: &[String]) -> Result<Vec<Step<S>>, Misread> {
    let step = |line: &String| {
        let words: Vec<&str> = line.split(' ').collect();
        let [version, from, to, at] = words.as_slice() else { return None };
        let from = if from.is_empty() { None } else { Some(word(from)?) };
        Some(Step { version: number(version)?, from, to: word(to)?, at: number(at)? })
    };
    let wrong =
        |line: &String| Misread { subject: subject.to_owned(), what: format!("its log has {line:?}") };
    lines.iter().map(|line| step(line).ok_or_else(|| wrong(line))).collect()
}
