//! Faults that a mail server can have.

/// A fault of the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Rejected for now (451).
    RejectForNow,
    /// Rejected for good (550).
    RejectForGood,
    /// No answer to the email.
    Hang,
    /// No greeting, and nothing after it.
    GreetingHang,
    /// The server is down: it breaks each connection at once.
    Down,
    /// The server takes the email, then the connection breaks before the answer.
    DropAfterData,
    /// The server takes the email, and answers once this is no longer the lasting fault.
    LateAnswer,
    /// The server takes the email, and answers with the code alone, which few clients can read.
    BareAnswer,
}
