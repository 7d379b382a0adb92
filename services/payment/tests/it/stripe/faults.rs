//! The faults between a request and its answer.

use super::desk::Request;

/// The purpose of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operation {
    Create,
    Method,
    Confirm,
    Capture,
    Cancel,
    Refund,
    Read,
    List,
    ListRefunds,
}

impl Operation {
    pub(super) fn of(request: &Request) -> Option<Self> {
        let path: Vec<&str> = request.path.iter().map(String::as_str).collect();
        Some(match (request.is_post, path.as_slice()) {
            (true, ["v1", "payment_intents"]) => Self::Create,
            (true, ["v1", "payment_methods"]) => Self::Method,
            (true, ["v1", "payment_intents", _, "confirm"]) => Self::Confirm,
            (true, ["v1", "payment_intents", _, "capture"]) => Self::Capture,
            (true, ["v1", "payment_intents", _, "cancel"]) => Self::Cancel,
            (true, ["v1", "refunds"]) => Self::Refund,
            (false, ["v1", "payment_intents", _]) => Self::Read,
            (false, ["v1", "payment_intents"]) => Self::List,
            (false, ["v1", "refunds"]) => Self::ListRefunds,
            _ => return None,
        })
    }
}

/// A fault; `done` is true if the request has its effect all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// No answer comes.
    Hangs { done: bool },
    /// No answer comes, and the effect comes later; until then the key is in use.
    Late,
    /// The connection ends instead of an answer.
    Closes { done: bool },
    /// The effect happens, and the connection ends in the middle of the answer.
    CutOff,
    /// A 500, which is kept under the key.
    Breaks { done: bool },
    /// A proxy's page, with its 502.
    BadGateway,
    /// A page with a 200.
    Garbled,
    /// A request with the same key is in progress.
    InUse,
    /// The payment is busy.
    Locked,
    /// Too many requests.
    TooMany,
    /// No fault, but late requests take effect just before.
    AfterLate,
    /// A refusal with this code, which is kept under the key.
    Refuses(&'static str),
}

impl Fault {
    /// All faults that leave an outcome unknown.
    pub(crate) const ALL: [Self; 13] = [
        Self::Hangs { done: false },
        Self::Hangs { done: true },
        Self::Late,
        Self::Closes { done: false },
        Self::Closes { done: true },
        Self::CutOff,
        Self::Breaks { done: false },
        Self::Breaks { done: true },
        Self::BadGateway,
        Self::Garbled,
        Self::InUse,
        Self::Locked,
        Self::TooMany,
    ];
}
