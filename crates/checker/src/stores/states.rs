//! The states of section 3 of the order flow, written down a second time, so that the checker does
//! not depend on the service's edges.

use std::fmt;

use serde::Deserialize;

use super::fields::{Misread, number, word};

/// A state of an object that changes by transitions, each with a line in a log.
pub trait State: Copy + PartialEq + fmt::Debug + for<'de> Deserialize<'de> {
    /// The first state.
    const FIRST: Self;

    /// Returns true if no state follows.
    fn is_final(self) -> bool;

    /// Returns true if `next` may follow.
    fn may_become(self, next: Self) -> bool;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// It exists; no stock is held.
    Accepted,
    /// The stock is held.
    Reserved,
    /// The money is authorized. Only earlier versions write it.
    Authorized,
    /// The money is authorized, and the stock is being sold.
    Confirming,
    /// The stock is sold. Only earlier versions write it.
    Confirmed,
    /// The money is captured.
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundState {
    /// It is promised.
    Requested,
    /// The money is refunded.
    Paid,
    /// The units are restocked too, if requested.
    Done,
    /// The gateway refuses it for good.
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
    /// Returns true if the order is undone or being undone.
    #[must_use]
    pub const fn is_undone(self) -> bool {
        matches!(self, Self::Cancelling | Self::Cancelled)
    }
}

impl RefundState {
    /// Returns true if the gateway refunded the money.
    #[must_use]
    pub const fn is_paid(self) -> bool {
        matches!(self, Self::Paid | Self::Done)
    }
}

/// A transition, as its log has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step<S> {
    pub version: i64,
    /// The state before; `None` for the first.
    pub from: Option<S>,
    /// The state after.
    pub to: S,
    /// The time, in ms by the store's clock.
    pub at: i64,
}

/// Parses the lines of a log: `version from to ms`.
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
