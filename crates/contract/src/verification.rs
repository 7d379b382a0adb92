//! The Verification Service's wire: the internal routes here; the public ones below them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Email, Sensitive, UserId, VerificationId, text::PersonName};

/// What a mail is for. Each purpose has a template of the same name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Proves that an address is its account's.
    Email,
    /// Proves the address that an account moves to.
    EmailChange,
    /// Tells the address of an account that a move to another one was asked for; its link stops that.
    EmailChangeAsked,
    /// Tells the address of before that an account has moved; its link moves it back.
    EmailChanged,
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
            Self::EmailChange => "email_change",
            Self::EmailChangeAsked => "email_change_asked",
            Self::EmailChanged => "email_changed",
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
    /// Every language, the one that stands in for the others first.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

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
    /// The address. Mails about orders need none: they go where the owner of the account is when they are sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// What for.
    pub purpose: Purpose,
    /// What the template shows, such as `name`. An amount of money is as `29.80 USD`; the mail has it as its language writes it.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub data: serde_json::Map<String, serde_json::Value>,
    /// In which language; a mail about an order is in its owner's.
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
    /// What it must be for; `email` takes those of `email_change` too, which prove an address as well.
    pub purpose: Purpose,
    /// This attempt's name: the same one within 10 min gets the same answer, as the first may have been lost.
    pub redemption_id: Uuid,
}

/// `POST /internal/verifications/batch`: asks for many mails at once, all or none.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationBatch {
    /// The mails. No two have the same `idempotency_key`.
    #[schema(min_items = 1, max_items = 100)]
    pub requests: Vec<VerificationRequest>,
}

/// The mails are in the outbox, committed.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct BatchAccepted {
    /// How many there are. Mails for closed accounts are dropped.
    pub accepted: usize,
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
    /// The asker's name for the mail; replicas of the release before leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// `POST /internal/users/{id}/email-verified` at the User Service: the link in a mail to this address was pressed. Repeats are harmless.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailVerified {
    /// Which mail.
    pub verification_id: VerificationId,
    /// Which address.
    pub email: Email,
    /// The User Service's name for the mail, by which it knows what the link does; replicas of the release before leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// What the User Service answers to [`EmailVerified`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkPressed {
    /// What became of the link.
    pub outcome: LinkOutcome,
}

/// `GET /internal/users/{id}/links/{mail}` at the User Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkState {
    /// Whether a press of the link in this mail would do something.
    pub waits: bool,
}

/// What became of a link that was pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkOutcome {
    /// The address is proven, and the account has what was registered with this link.
    Verified,
    /// The account has this address now.
    Moved,
    /// The account does not move.
    Stopped,
    /// The account has this address again.
    Reverted,
    /// The account has a new password.
    PasswordReset,
    /// Nothing changed: another link, a new password or an admin came first.
    Superseded,
}

impl LinkOutcome {
    const ALL: [Self; 6] =
        [Self::Verified, Self::Moved, Self::Stopped, Self::Reverted, Self::PasswordReset, Self::Superseded];

    /// The name on the wire and in stores.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Moved => "moved",
            Self::Stopped => "stopped",
            Self::Reverted => "reverted",
            Self::PasswordReset => "password_reset",
            Self::Superseded => "superseded",
        }
    }

    /// The outcome with this name.
    ///
    /// # Errors
    /// If there is none.
    pub fn named(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|outcome| outcome.as_str() == name);
        found.ok_or_else(|| format!("no such outcome of a link: {name}"))
    }
}

/// `POST /internal/contacts` at the User Service: asks where mails to many accounts go now.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactsRequest {
    /// The accounts.
    #[schema(min_items = 1, max_items = 100)]
    pub user_ids: Vec<UserId>,
}

/// The addresses of many accounts, as they are now.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ContactsAnswer {
    /// One for each account that is there; accounts that are closed, or never were, have none.
    pub contacts: Vec<AccountContact>,
}

/// The address of one of many accounts.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AccountContact {
    /// The account.
    pub user_id: UserId,
    /// The address of its mails.
    pub contact: Contact,
}

/// Where mails to an account go, and how they address its owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contact {
    /// The account's address.
    pub email: Email,
    /// How mails address the owner.
    pub name: PersonName,
    /// The language of mails.
    pub locale: Locale,
}

/// `POST /verify`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// The token from the mail.
    #[schema(value_type = String, min_length = 1, max_length = 256)]
    pub token: Sensitive,
}

/// What the link did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"status": "verified"}))]
pub struct Verified {
    /// `verified`: the address is proven. `moved`: the account has this address now. `stopped`: the account does not move. `reverted`: the
    /// account has this address again. `accepted`: the User Service does not answer now, and does it as soon as it can.
    pub status: String,
}

/// What became of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerificationStatus {
    /// It is on its way to the mail server.
    Pending,
    /// The mail server has it.
    Sent,
    /// The mail server will not take it.
    Bounced,
    /// Its token was used.
    Verified,
    /// Its token was not used in time.
    Expired,
}

impl VerificationStatus {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sent => "sent",
            Self::Bounced => "bounced",
            Self::Verified => "verified",
            Self::Expired => "expired",
        }
    }
}

/// A mail, as admins see it: never its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verification {
    /// Which.
    pub id: VerificationId,
    /// Whose.
    pub user_id: UserId,
    /// To where.
    pub email: Email,
    /// What for.
    pub purpose: Purpose,
    /// In which language.
    pub locale: Locale,
    /// What became of it.
    pub status: VerificationStatus,
    /// How often it was tried.
    pub attempts: u32,
    /// The mail server's last answer.
    pub last_smtp_answer: Option<String>,
    /// When it was asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: time::OffsetDateTime,
    /// When the mail server took it.
    #[serde(with = "time::serde::rfc3339::option")]
    pub sent_at: Option<time::OffsetDateTime>,
}

/// A template in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Template {
    /// Its name: the purpose of its mails.
    pub name: Purpose,
    /// Its language.
    pub locale: Locale,
    /// Grows by one with each change.
    pub version: u32,
    /// The subject, one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML; what it shows is escaped.
    pub html: String,
}

/// `GET /templates` and `GET /templates/{name}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplateList {
    /// The newest version of each, in each language.
    pub items: Vec<Template>,
}

/// `PUT /templates/{name}`: a new version in one language. Also what `POST /templates/{name}/preview` shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "locale": "en", "subject": "Verify your address for {{ shop }}",
    "text": "Hello {{ name }}, open {{ link }}", "html": "<p>Hello {{ name }}, <a href=\"{{ link }}\">verify</a></p>"
}))]
pub struct TemplateBody {
    /// Which language.
    #[serde(default)]
    pub locale: Locale,
    /// The subject, one line.
    #[schema(min_length = 1, max_length = 200)]
    pub subject: String,
    /// The plain text.
    #[schema(min_length = 1, max_length = 20_000)]
    pub text: String,
    /// The HTML; what it shows is escaped.
    #[schema(min_length = 1, max_length = 60_000)]
    pub html: String,
}

/// A template filled with sample data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Preview {
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
}
