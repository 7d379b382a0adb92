//! The wire types of the Verification Service: first the internal routes, then the public ones.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{Email, Sensitive, UserId, VerificationId, names::named, text::PersonName};

named! {
    /// The purpose of an email. Each purpose has a template of the same name.
    pub enum Purpose {
        /// Proves that an address belongs to its account.
        Email = "email",
        /// Proves the new address of an account.
        EmailChange = "email_change",
        /// Notifies the current address of an account that a change to another address was
        /// requested. Its link stops the change.
        EmailChangeAsked = "email_change_asked",
        /// Notifies the previous address that an account has changed its address. Its link reverts
        /// the change.
        EmailChanged = "email_changed",
        /// Allows the owner to replace a forgotten password.
        PasswordReset = "password_reset",
        /// Notifies an owner that somebody tried to register their address again.
        AlreadyRegistered = "already_registered",
        /// Notifies an owner of a change to their account.
        SecurityNotice = "security_notice",
        /// Reports a completed order.
        OrderConfirmed = "order_confirmed",
        /// Reports a refund.
        OrderRefunded = "order_refunded",
    }
}

named! {
    /// A language of emails. The first is the fallback for all others.
    #[derive(Default)]
    pub enum Locale {
        /// English.
        #[default]
        En = "en",
        /// German.
        De = "de",
    }
}

/// The body of `POST /internal/verifications`: requests one email. The same `idempotency_key`
/// requests the same email.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationRequest {
    /// The account's id.
    pub user_id: UserId,
    /// The address. An email about an order needs none: it goes to the account's address at that
    /// time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Email>,
    /// The purpose of the email.
    pub purpose: Purpose,
    /// The values that the template shows, such as `name`. Amounts of money look like `29.80 USD`
    /// here, and the email formats them for its language.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub data: serde_json::Map<String, serde_json::Value>,
    /// The language. An email about an order uses its owner's language instead.
    #[serde(default)]
    pub locale: Locale,
    /// The caller's idempotency key for this email.
    #[schema(min_length = 1, max_length = 255)]
    pub idempotency_key: String,
}

/// The request is accepted: the email is committed to the outbox.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct VerificationAccepted {
    /// The id of the email.
    pub verification_id: VerificationId,
}

/// The body of `POST /internal/verifications/redeem`: consumes a token on behalf of the User
/// Service.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedeemRequest {
    /// The token from the email.
    pub token: Sensitive,
    /// The purpose that the token must have. `email` also accepts tokens of `email_change`, which
    /// prove an address as well.
    pub purpose: Purpose,
    /// The id of this attempt. The same id gets the same answer within 10 min, because the first
    /// answer may have been lost.
    pub redemption_id: Uuid,
}

/// The body of `POST /internal/verifications/batch`: requests many emails at once, all or none.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationBatch {
    /// The emails. No two have the same `idempotency_key`.
    #[schema(min_items = 1, max_items = 100)]
    pub requests: Vec<VerificationRequest>,
}

/// The request is accepted: the emails are committed to the outbox.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
pub struct BatchAccepted {
    /// The number of emails accepted. Emails for closed accounts are dropped.
    pub accepted: usize,
}

/// The owner of a consumed token.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Redeemed {
    /// The account's id.
    pub user_id: UserId,
    /// The address that received the token.
    pub email: Email,
    /// The id of the email.
    pub verification_id: VerificationId,
    /// The caller's idempotency key for the email. Replicas of the previous release omit it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// The body of `POST /internal/users/{id}/email-verified` at the User Service. Reports that the
/// link in an email to this address was used. Repeats are harmless.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EmailVerified {
    /// The id of the email.
    pub verification_id: VerificationId,
    /// The address.
    pub email: Email,
    /// The User Service's idempotency key for the email, which identifies the effect of the link.
    /// Replicas of the previous release omit it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<String>,
}

/// The User Service's answer to [`EmailVerified`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkPressed {
    /// The effect of the link.
    pub outcome: LinkOutcome,
}

/// The answer of `GET /internal/users/{id}/links/{mail}` at the User Service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkState {
    /// True if the link in this email would still have an effect.
    pub waits: bool,
}

named! {
    /// The effect of a link.
    pub enum LinkOutcome {
        /// The address is verified, and the account has the data registered with this link.
        Verified = "verified",
        /// The account now has this address.
        Moved = "moved",
        /// The change of address is stopped.
        Stopped = "stopped",
        /// The account has this address again.
        Reverted = "reverted",
        /// The account has a new password.
        PasswordReset = "password_reset",
        /// Nothing changed: another link, a new password or an admin came first.
        Superseded = "superseded",
    }
}

/// The body of `POST /internal/contacts` at the User Service: requests the current addresses of
/// many accounts.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactsRequest {
    /// The account ids.
    #[schema(min_items = 1, max_items = 100)]
    pub user_ids: Vec<UserId>,
}

/// The current addresses of many accounts.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct ContactsAnswer {
    /// One entry for each existing account. Closed or unknown accounts have none.
    pub contacts: Vec<AccountContact>,
}

/// The contact of one account.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct AccountContact {
    /// The account's id.
    pub user_id: UserId,
    /// The address and form of address of its emails.
    pub contact: Contact,
}

/// The address of an account's emails, with the owner's name and language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contact {
    /// The account's email address.
    pub email: Email,
    /// The name by which emails address the owner.
    #[serde(deserialize_with = "PersonName::deserialize_kept")]
    pub name: PersonName,
    /// The language of emails.
    pub locale: Locale,
}

/// The body of `POST /verify` and of `POST /verify/preview`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// The token from the email.
    #[schema(value_type = String, min_length = 1, max_length = 256)]
    pub token: Sensitive,
}

/// The answer of `POST /verify/preview`: what the link in an email is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LinkPreview {
    /// `email`: verifies an address. `email_change`: moves the account to the address.
    /// `email_change_asked`: stops a move. `email_changed`: undoes a move. `password_reset`: sets a
    /// new password.
    pub purpose: Purpose,
}

/// The effect of the link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"status": "verified"}))]
pub struct Verified {
    /// `verified`: the address is verified. `moved`: the account now has this address. `stopped`:
    /// the change of address is stopped. `reverted`: the account has this address again.
    /// `accepted`: the User Service does not answer now, and applies the link as soon as it can.
    pub status: String,
}

named! {
    /// The delivery status of an email.
    pub enum VerificationStatus {
        /// On its way to the mail server.
        Pending = "pending",
        /// Accepted by the mail server.
        Sent = "sent",
        /// Rejected by the mail server.
        Bounced = "bounced",
        /// Its token was used.
        Verified = "verified",
        /// Its token was not used in time.
        Expired = "expired",
    }
}

/// An email, as admins see it. Never shows its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Verification {
    /// The id of the email.
    pub id: VerificationId,
    /// The account's id.
    pub user_id: UserId,
    /// The address.
    pub email: Email,
    /// The purpose of the email.
    pub purpose: Purpose,
    /// The language of the email.
    pub locale: Locale,
    /// The delivery status.
    pub status: VerificationStatus,
    /// The number of delivery attempts.
    pub attempts: u32,
    /// True if an admin sent it to themselves to see its template. Replicas of the previous release
    /// omit it.
    #[serde(default)]
    pub is_sample: bool,
    /// The mail server's last answer.
    pub last_smtp_answer: Option<String>,
    /// The time at which the email was requested.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: time::OffsetDateTime,
    /// The time at which the mail server accepted the email.
    #[serde(with = "time::serde::rfc3339::option")]
    pub sent_at: Option<time::OffsetDateTime>,
}

/// An email about an order, as the order's owner sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderEmail {
    /// The purpose of the email.
    pub purpose: Purpose,
    /// The address, with most of its local part hidden.
    #[schema(example = "a***@example.com")]
    pub recipient: String,
    /// The delivery status.
    pub status: VerificationStatus,
    /// The time at which the email was requested.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: time::OffsetDateTime,
    /// The time at which the mail server accepted the email.
    #[serde(with = "time::serde::rfc3339::option")]
    pub sent_at: Option<time::OffsetDateTime>,
}

impl OrderEmail {
    /// Returns the part of an email that the order's owner sees.
    #[must_use]
    pub fn of(email: &Verification) -> Self {
        let Verification { purpose, status, created_at, sent_at, .. } = *email;
        Self { purpose, recipient: email.email.masked(), status, created_at, sent_at }
    }
}

/// The answer of `GET /orders/{id}/emails`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OrderEmailList {
    /// The emails, oldest first.
    pub items: Vec<OrderEmail>,
}

/// A template in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Template {
    /// The name, which is the purpose of its emails.
    pub name: Purpose,
    /// The language.
    pub locale: Locale,
    /// Grows by one with each change.
    pub version: u32,
    /// The subject, one line.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML. It escapes the values that it shows.
    pub html: String,
}

/// The answer of `GET /templates` and of `GET /templates/{name}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TemplateList {
    /// The newest version of each template, in each language.
    pub items: Vec<Template>,
}

/// The body of `PUT /templates/{name}`, a new version in one language. Also the body of
/// `POST /templates/{name}/preview`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "locale": "en", "subject": "Verify your address for {{ shop }}",
    "text": "Hello {{ name }}, open {{ link }}", "html": "<p>Hello {{ name }}, <a href=\"{{ link }}\">verify</a></p>"
}))]
pub struct TemplateBody {
    /// The language.
    #[serde(default)]
    pub locale: Locale,
    /// The subject, one line.
    #[schema(min_length = 1, max_length = 200)]
    pub subject: String,
    /// The plain text.
    #[schema(min_length = 1, max_length = 20_000)]
    pub text: String,
    /// The HTML. It escapes the values that it shows.
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

/// The body of `POST /templates/{name}/test`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"locale": "de", "version": 3}))]
pub struct SampleRequest {
    /// The language. If omitted, the caller's own.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub locale: Option<Locale>,
    /// The version in that language. If omitted, the one that emails use now.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false, minimum = 1, maximum = 2_147_483_647)]
    pub version: Option<u32>,
}
