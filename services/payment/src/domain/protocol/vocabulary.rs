//! The vocabulary of the protocol: commands, outcomes and transitions.

use estore_contract::{Code, Currency, Money, payment::TransactionType, reservation::ReservedLine};

use crate::domain::{CreatedPayment, PaymentState, PricedLine, RefundState, Refusal, State, Voided};

/// A command to Inventory or to the gateway. Each may be sent any number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Inventory: hold the stock.
    Reserve,
    /// Gateway: create the payment. No money moves. Carries the price, unless the order already has
    /// it.
    CreatePayment(Money, Option<Priced>),
    /// Gateway: read the payment's state.
    ReadPayment(String),
    /// Gateway: authorize the payment with the order's saved card.
    Authorize(String),
    /// Inventory: sell the stock.
    Confirm,
    /// Gateway: capture the payment.
    Capture(String),
    /// Gateway: void, the fence. Sent even if no payment is known, because one may be on its way.
    Void(Option<String>),
    /// Gateway: list the refunds of the payment, because a void came too late.
    ListRefunds(String, Currency),
    /// Gateway: refund what is left, as refund 0. Carries all refunds of the payment, this one too:
    /// a store that is older than the gateway's books may lack the others.
    RefundRest(String, Money, Vec<(u32, Money)>),
    /// Inventory: release the stock, or keep a late reserve out.
    Release(Unwound),
    /// Inventory: restock everything that was sold.
    Restock(Unwound),
}

impl Command {
    /// Returns the command's name for fail points, logs and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Reserve => "reserve",
            Self::CreatePayment(..) => "create_payment",
            Self::ReadPayment(_) => "read_payment",
            Self::Authorize(_) => "authorize",
            Self::Confirm => "confirm",
            Self::Capture(_) => "capture",
            Self::Void(_) => "void",
            Self::ListRefunds(..) => "list_refunds",
            Self::RefundRest(..) => "refund_rest",
            Self::Release(_) => "release",
            Self::Restock(_) => "put_back",
        }
    }
}

/// The lines, the total, and the time at which the hold ends (ms since 1970).
pub type Priced = (Vec<PricedLine>, Money, i64);

/// The fate of the money of an order that is being undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unwound {
    /// No money was authorized.
    Nothing,
    /// The authorization was voided.
    Voided,
    /// The money was captured and refunded; number and amount of each refund.
    Refunded(Vec<(u32, Money)>),
}

/// Stock that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The lines with names and prices.
    pub lines: Vec<ReservedLine>,
    /// The time at which the hold ends, in ms since 1970 by the clock of Inventory's store.
    pub deadline: i64,
}

/// A final outcome. Every other answer means that the outcome is unknown, and the command is sent
/// again (order-flow section 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The stock is held.
    Hold(Hold),
    /// Inventory did what the command says.
    Done,
    /// Inventory refused, with a code that the route publishes.
    Refused(Code, Refusal),
    /// The payment exists, or never will.
    Created(CreatedPayment),
    /// The payment's state.
    Payment(PaymentState),
    /// The saved card is gone or cannot be decrypted.
    NoCard(Refusal),
    /// The outcome of the void.
    Voided(Voided),
    /// The refunds that the gateway made: number and minor units of each.
    Refunds(Vec<(u32, i64)>),
    /// The outcome of refunding what was left.
    Refunded(RefundState),
}

/// A ledger entry; the entry of a refund has its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The kind of entry.
    pub kind: TransactionType,
    pub amount: Money,
    /// The number of the refund.
    pub n: Option<u32>,
}

/// A transition: one call of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transition {
    /// The state that the order moves to.
    pub to: State,
    pub priced: Option<Priced>,
    /// The payment at the gateway.
    pub payment: Option<String>,
    /// The reason why the order is undone.
    pub failure: Option<Refusal>,
    /// The entries to write into the ledger.
    pub entries: Vec<Entry>,
    /// The alarm to raise for an operator once the order has moved, if something happened that
    /// should never happen. A worker that was overtaken finds the same, and raises no alarm.
    pub alarm: Option<&'static str>,
}

impl Transition {
    /// Returns a transition to `to` that changes nothing else.
    #[must_use]
    pub fn to(to: State) -> Self {
        Self { to, priced: None, payment: None, failure: None, entries: Vec::new(), alarm: None }
    }

    /// Begins to undo the order, because of `refusal`.
    #[must_use]
    pub fn refuse(refusal: Refusal) -> Self {
        Self { failure: Some(refusal), ..Self::to(State::Cancelling) }
    }

    /// Adds an entry to the ledger.
    #[must_use]
    pub fn entry(mut self, kind: TransactionType, amount: Money, n: Option<u32>) -> Self {
        self.entries.push(Entry { kind, amount, n });
        self
    }
}

/// The next step of an order, or of a refund with other commands and transitions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step<C = Command, T = Transition> {
    /// Send this command.
    Command(C),
    /// Apply this transition.
    Transition(T),
    /// Raise an alarm for an operator because of something that should never happen; then take this
    /// step.
    Alarm(&'static str, Box<Self>),
    /// Retry later.
    RetryLater(&'static str),
}
