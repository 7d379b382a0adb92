//! Who gets a mail.

use estore_contract::verification::Purpose;

/// Who gets a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressee {
    /// The address that the request names, whoever's it is: it is to be proven, or is told of what it lost.
    Named,
    /// The owner of the account, at the address that the account has when the mail is sent. An account that is closed gets none.
    Owner,
}

/// Who gets the mails of `purpose`.
#[must_use]
pub const fn addressee(purpose: Purpose) -> Addressee {
    match purpose {
        Purpose::Email
        | Purpose::EmailChange
        | Purpose::EmailChangeAsked
        | Purpose::EmailChanged
        | Purpose::PasswordReset
        | Purpose::AlreadyRegistered
        | Purpose::SecurityNotice => Addressee::Named,
        Purpose::OrderConfirmed | Purpose::OrderRefunded => Addressee::Owner,
    }
}
