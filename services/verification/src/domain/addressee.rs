//! The recipients of emails.

use estore_contract::verification::Purpose;

/// The recipient of an email.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Addressee {
    /// The address in the request, independent of the account's: the address to verify, or an
    /// address that has to learn of a change.
    Named,
    /// The owner of the account, at the account's address when the email is sent. A closed account
    /// gets no email.
    Owner,
}

/// Returns the kind of recipient for emails of `purpose`.
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
