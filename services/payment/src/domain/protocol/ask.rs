//! The words of the protocol: questions, answers, moves.

use estore_contract::{Code, Money, payment::TransactionType, reservation::ReservedLine};

use crate::domain::{CreatedPayment, PaymentState, PricedLine, RefundState, Refusal, State, Voided};

/// What is asked of Inventory or of the gateway. Each may be asked any number of times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ask {
    /// Inventory: hold the stock.
    Reserve,
    /// Gateway: create the payment. No money moves. With it comes the price, unless the order has it already.
    CreatePayment(Money, Option<Priced>),
    /// Gateway: how does the payment stand?
    ReadPayment(String),
    /// Gateway: set the money aside, with the order's saved card.
    Authorize(String),
    /// Inventory: sell the stock.
    Confirm,
    /// Gateway: take the money.
    Capture(String),
    /// Gateway: the fence. It goes up even where no payment is known: one may be on its way.
    Void(Option<String>),
    /// Gateway: a void came too late, so everything goes back.
    RefundAll(String, Money),
    /// Inventory: let go of the stock, or keep a late reserve out.
    Release(Undone),
    /// Inventory: put everything that was sold back.
    PutBack(Undone),
}

impl Ask {
    /// Its name, for fail points, logs and metrics.
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
            Self::RefundAll(..) => "refund_all",
            Self::Release(_) => "release",
            Self::PutBack(_) => "put_back",
        }
    }
}

/// The lines, the total, and when the hold ends (ms since 1970).
pub type Priced = (Vec<PricedLine>, Money, i64);

/// What became of the money of an order that is being undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    /// None had been set aside.
    Nothing,
    /// What was set aside is let go.
    Voided,
    /// It had been taken, and went back.
    Refunded,
}

/// Stock that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// With names and prices.
    pub lines: Vec<ReservedLine>,
    /// When the hold ends, in ms since 1970 by Inventory's store.
    pub deadline: i64,
}

/// A final answer. Everything else is unknown, and is asked again (order-flow section 5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The stock is held.
    Held(Held),
    /// Inventory did what was asked.
    Done,
    /// Inventory refused, with a code that the route publishes.
    Refused(Code, Refusal),
    /// The payment exists, or never will.
    Created(CreatedPayment),
    /// How the payment stands.
    Payment(PaymentState),
    /// The saved card is gone, or cannot be opened.
    NoCard(Refusal),
    /// What voiding came to.
    Voided(Voided),
    /// What sending everything back came to.
    Refunded(RefundState),
}

/// An entry in the ledger; a refund has its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub kind: TransactionType,
    /// How much.
    pub amount: Money,
    /// Which refund.
    pub n: Option<u32>,
}

/// A transition: one call of the store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Where to.
    pub to: State,
    /// The price.
    pub priced: Option<Priced>,
    /// The payment at the gateway.
    pub payment: Option<String>,
    /// Why it is undone.
    pub failure: Option<Refusal>,
    /// What is written into the ledger.
    pub entries: Vec<Entry>,
    /// Something that should never happen: it asks for a person, once the order has moved. A worker that was overtaken sees it
    /// as well, and says nothing.
    pub alarm: Option<&'static str>,
}

impl Move {
    /// To `to`, and nothing else.
    #[must_use]
    pub fn to(to: State) -> Self {
        Self { to, priced: None, payment: None, failure: None, entries: Vec::new(), alarm: None }
    }

    /// Begins to undo the order, because of `refusal`.
    #[must_use]
    pub fn refuse(refusal: Refusal) -> Self {
        Self { failure: Some(refusal), ..Self::to(State::Cancelling) }
    }

    /// With an entry in the ledger.
    #[must_use]
    pub fn entry(mut self, kind: TransactionType, amount: Money, n: Option<u32>) -> Self {
        self.entries.push(Entry { kind, amount, n });
        self
    }
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// This is asked.
    Ask(Ask),
    /// The order moves.
    Move(Move),
    /// Something that should never happen: it asks for a person; then this.
    Alarm(&'static str, Box<Next>),
    /// Not now: it is tried again.
    Stuck(&'static str),
}
