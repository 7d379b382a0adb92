//! The User Service's wire.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

pub use crate::address::{Address, KeptAddress};
use crate::{
    Email, Sensitive, SessionId, UserId,
    introspection::Role,
    privacy::{PaymentExport, VerificationExport},
    text::{PersonName, Phone},
    verification::Locale,
};

/// `POST /register`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.com", "password": "correct-horse-battery-staple", "name": "Ada"}))]
pub struct RegisterRequest {
    /// Where the verification mail goes.
    pub email: Email,
    /// 8 to 128 characters, counted and kept in Unicode's composed form (NFC), not trimmed; the commonest passwords are refused.
    #[schema(value_type = String, min_length = 8, max_length = 512)]
    pub password: Sensitive,
    /// How the shop addresses the user.
    pub name: PersonName,
    /// The language of mails.
    #[serde(default)]
    pub locale: Locale,
}

/// A mail is on its way; said also where none is, so that nobody learns who has an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"status": "verification_sent"}))]
pub struct MailSent {
    /// `verification_sent`.
    pub status: String,
}

/// `POST /verify-email`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyEmailRequest {
    /// The token from the mail.
    #[schema(value_type = String, min_length = 1, max_length = 256)]
    pub token: Sensitive,
}

/// `POST /verify-email/resend`, and `POST /password/forgot`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.com"}))]
pub struct ResendRequest {
    /// Where to.
    pub email: Email,
}

/// `POST /login`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.com", "password": "correct-horse-battery-staple"}))]
pub struct LoginRequest {
    /// The account's address.
    pub email: Email,
    /// The account's password.
    #[schema(value_type = String, max_length = 1024)]
    pub password: Sensitive,
}

/// `POST /token/refresh`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The refresh token of the last answer.
    #[schema(value_type = String, max_length = 4096)]
    pub refresh_token: Sensitive,
}

/// `POST /password/reset`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPasswordRequest {
    /// The token from the mail.
    #[schema(value_type = String, min_length = 1, max_length = 256)]
    pub token: Sensitive,
    /// As at registration.
    #[schema(value_type = String, min_length = 8, max_length = 512)]
    pub new_password: Sensitive,
}

/// `PUT /me/password`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePasswordRequest {
    /// The one that counts until now.
    #[schema(value_type = String, max_length = 1024)]
    pub current_password: Sensitive,
    /// As at registration.
    #[schema(value_type = String, min_length = 8, max_length = 512)]
    pub new_password: Sensitive,
}

/// `PUT /me/email`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEmailRequest {
    /// The account's password.
    #[schema(value_type = String, max_length = 1024)]
    pub password: Sensitive,
    /// Where the verification mail goes; the account's address from when it is verified.
    pub new_email: Email,
}

/// `DELETE /me`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseAccountRequest {
    /// The account's password.
    #[schema(value_type = String, max_length = 1024)]
    pub password: Sensitive,
}

/// A login that goes on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// When it last got tokens.
    #[serde(with = "time::serde::rfc3339")]
    pub last_used_at: OffsetDateTime,
    /// What the device called itself when it logged in.
    pub user_agent: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// `GET /me/export`: everything that the shop holds on a person (GDPR, articles 15 and 20).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Export {
    /// As of when.
    #[serde(with = "time::serde::rfc3339")]
    pub exported_at: OffsetDateTime,
    /// The account.
    pub profile: Profile,
    /// The address that it moves to, once that is verified.
    pub new_email: Option<Email>,
    /// The logins that go on, newest first.
    pub sessions: Vec<Session>,
    /// What the Payment Service holds.
    pub payment: PaymentExport,
    /// What the Verification Service holds.
    pub verification: VerificationExport,
}

/// What a login brings (RFC 6749, section 5.1).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Tokens {
    /// Sent with each request: `Authorization: Bearer …`.
    pub access_token: Sensitive,
    /// Brings the next pair, once.
    pub refresh_token: Sensitive,
    /// `Bearer`.
    pub token_type: String,
    /// How long the access token lives, in seconds.
    pub expires_in: u32,
}

/// Whether an account may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    /// It may.
    Active,
    /// An admin said no.
    Disabled,
}

/// An account, as its owner and admins see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Profile {
    /// Which.
    pub id: UserId,
    /// Its address.
    pub email: Email,
    /// Whether the address is proven.
    pub email_verified: bool,
    /// What it may do.
    pub role: Role,
    /// Whether it may be used.
    pub status: UserStatus,
    /// How the shop addresses the user.
    pub name: PersonName,
    /// A telephone number.
    pub phone: Option<Phone>,
    /// Where parcels go.
    pub shipping_address: Option<Address>,
    /// The language of mails.
    pub locale: Locale,
    /// Since when.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// `PATCH /me`: what is left out stays; `null` clears `phone` and `shipping_address` (RFC 7396).
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Ada L.", "phone": "+49301234567"}))]
pub struct ProfilePatch {
    /// How the shop addresses the user.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub name: Option<PersonName>,
    /// A telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::nullable")]
    #[schema(value_type = Option<Phone>)]
    pub phone: Option<Option<Phone>>,
    /// Where parcels go.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::nullable")]
    #[schema(value_type = Option<Address>)]
    pub shipping_address: Option<Option<Address>>,
    /// The language of mails.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub locale: Option<Locale>,
}

/// `PATCH /users/{id}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"status": "disabled"}))]
pub struct UserPatch {
    /// What it may do.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub role: Option<Role>,
    /// Whether it may be used; `disabled` ends every session.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub status: Option<UserStatus>,
}

/// `PUT /internal/admin`: creates the shop's first admin where the address has no account; never changes one.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdminRequest {
    /// The admin's address, taken as verified.
    pub email: Email,
    /// The admin's password.
    #[schema(value_type = String, min_length = 8, max_length = 512)]
    pub password: Sensitive,
}
