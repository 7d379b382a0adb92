//! The Verification Service's wire: the internal routes here; the public ones below them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Email, Sensitive, UserId, VerificationId};

/// What a mail is for. Each purpose has a template of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Proves that an address is its account's.
    Email,
    /// Lets a forgotten password be replaced.
    PasswordReset,
    /// Tells an owner that somebody tried to register their address again.
    AlreadyRegistered,
    /// Tells an owner of a change to their account.
    SecurityNotice,
    /// An order was completed.
    OrderConfirmed,
    /// Money went back.
    OrderRefunded,
}

impl Purpose {
    /// The name on the wire and of the template.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::PasswordReset => "password_reset",
            Self::AlreadyRegistered => "already_registered",
            Self::SecurityNotice => "security_notice",
            Self::OrderConfirmed => "order_confirmed",
            Self::OrderRefunded => "order_refunded",
        }
    }
}

/// A language that mails are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Locale {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Locale {
    /// The tag: `en`, `de`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }
}

/// `POST /internal/verifications`: asks for one mail. The same `idempotency_key` asks for the same mail.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationRequest {
    /// Whose.
    pub user_id: UserId,
    /// To where.
    pub email: Email,
    /// What for.
    pub purpose: Purpose,
    /// What the template shows, such as `name`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub data: serde_json::Map<String, serde_json::Value>,
    /// In which language.
    #[serde(default)]
    pub locale: Locale,
    /// The asker's name for this mail.
    #[schema(min_length = 1, max_length = 255)]
    pub idempotency_key: String,
}

/// The mail is in the outbox, committed.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct VerificationAccepted {
    /// Which.
    pub verification_id: VerificationId,
}

/// `POST /internal/verifications/redeem`: spends a token on behalf of the User Service.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedeemRequest {
    /// The token from the mail.
    pub token: Sensitive,
    /// What it must be for.
    pub purpose: Purpose,
    /// This attempt's name: the same one within 10 min gets the same answer, as the first may have been lost.
    pub redemption_id: Uuid,
}

/// Whose token it was.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Redeemed {
    /// The account.
    pub user_id: UserId,
    /// The address that it was sent to.
    pub email: Email,
    /// Which mail.
    pub verification_id: VerificationId,
}

/// `POST /internal/users/{id}/email-verified` at the User Service: the address is proven. Repeats are harmless.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailVerified {
    /// Which mail proved it.
    pub verification_id: VerificationId,
    /// Which address.
    pub email: Email,
}
