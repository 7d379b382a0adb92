//! What a mail server can do wrong.

/// A fault of the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Not now (451).
    RejectForNow,
    /// Never (550).
    RejectForGood,
    /// No answer to the mail.
    Hang,
    /// No greeting, and nothing after it.
    GreetingHang,
    /// It takes the mail, then the connection breaks before the answer.
    DropAfterData,
}
