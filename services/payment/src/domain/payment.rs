//! What a card gateway can say of a payment.

/// What creating a payment came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CreatedPayment {
    /// It is there.
    Id(String),
    /// The order was voided before.
    Voided,
    /// The gateway says no to the customer, for good; its code.
    Declined(String),
    /// The gateway never charges such an amount; why, for people.
    Unchargeable(String),
}

/// How a payment stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PaymentState {
    /// It exists; no money moved.
    Created,
    /// The money is set aside.
    Authorized,
    /// The card was declined, for good; the code in the words that Stripe's users know.
    Declined(String),
    /// The money is taken.
    Captured,
    /// It will never be taken.
    Voided,
    /// There is no such payment.
    Absent,
}

/// What voiding came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Voided {
    /// No money will be taken; whether some had been set aside.
    Done {
        /// Whether the ledger has an authorization to void.
        authorized: bool,
    },
    /// Too late: it is taken.
    Captured,
}

/// What a refund came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundState {
    /// The money is on its way back.
    Done,
    /// The gateway says for good that it will not; its code.
    Failed(String),
}
