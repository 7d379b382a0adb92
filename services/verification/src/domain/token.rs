//! The token in a mail.

use estore_contract::{Sensitive, verification::Purpose};
use estore_kit::random;
use sha2::{Digest, Sha256};
use time::Duration;

/// 256 random bits. They are in the mail and nowhere else: only their hash is stored.
#[derive(Debug, Clone)]
pub struct MailToken(Sensitive);

impl MailToken {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Self(Sensitive::from(random::token()))
    }

    /// What is stored of it. It is looked up by this, so that no comparison tells by its time how much of a guess is right.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.expose()).into()
    }

    /// The token, to be mailed.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

impl From<Sensitive> for MailToken {
    fn from(token: Sensitive) -> Self {
        Self(token)
    }
}

/// How long a token of this purpose works; `None` where its mails carry none.
#[must_use]
pub fn lifetime(purpose: Purpose) -> Option<Duration> {
    match purpose {
        Purpose::Email | Purpose::EmailChange => Some(Duration::hours(24)),
        // An owner may not read mails every day.
        Purpose::EmailChangeAsked | Purpose::EmailChanged => Some(Duration::days(7)),
        Purpose::PasswordReset => Some(Duration::hours(1)),
        Purpose::AlreadyRegistered
        | Purpose::SecurityNotice
        | Purpose::OrderConfirmed
        | Purpose::OrderRefunded => None,
    }
}
