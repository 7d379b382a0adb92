//! The token in an email.

use estore_contract::{SecretToken, verification::Purpose};
use time::Duration;

/// A token that only its email contains.
pub type MailToken = SecretToken;

/// Returns how long a token of this purpose works, or `None` if its emails carry none.
#[must_use]
pub fn lifetime(purpose: Purpose) -> Option<Duration> {
    match purpose {
        Purpose::Email | Purpose::EmailChange => Some(Duration::hours(24)),
        // An owner may not read email every day.
        Purpose::EmailChangeAsked | Purpose::EmailChanged => Some(Duration::days(7)),
        Purpose::PasswordReset => Some(Duration::hours(1)),
        Purpose::AlreadyRegistered
        | Purpose::SecurityNotice
        | Purpose::OrderConfirmed
        | Purpose::OrderRefunded => None,
    }
}
