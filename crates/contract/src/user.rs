//! The wire types of the User Service.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{
    AddressPatch, Email, Sensitive, SessionId, UserId,
    introspection::Role,
    names::named,
    privacy::{PaymentExport, VerificationExport},
    text::{PersonName, Phone},
    verification::Locale,
};
pub use crate::{
    address::{Address, KeptAddress},
    address_book::{AddressBody, AddressList, SavedAddress},
};

/// The body of `POST /register`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.com", "password": "correct-horse-battery-staple", "name": "Ada"}))]
pub struct RegisterRequest {
    /// The address that receives the verification email.
    pub email: Email,
    /// 8 to 128 characters, counted and stored in Unicode's composed form (NFC), and not trimmed.
    /// The most common passwords are rejected.
    #[schema(value_type = String, min_length = 8, max_length = 512)]
    pub password: Sensitive,
    /// The name by which the shop addresses the user.
    pub name: PersonName,
    /// The language of emails.
    #[serde(default)]
    pub locale: Locale,
}

/// Confirms that an email is on its way. Also returned if none is sent, so that nobody learns who
/// has an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"status": "verification_sent"}))]
pub struct MailSent {
    /// `verification_sent`.
    pub status: String,
}

/// The body of `POST /verify-email`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyEmailRequest {
    /// The token from the email.
    #[schema(value_type = String, min_length = 1, max_length = 256)]
    pub token: Sensitive,
}

/// The body of `POST /verify-email/resend` and of `POST /password/forgot`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.com"}))]
pub struct ResendRequest {
    /// The address that receives the email.
    pub email: Email,
}

/// The body of `POST /login`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"email": "ada@example.com", "password": "correct-horse-battery-staple"}))]
pub struct LoginRequest {
    /// The account's email address.
    pub email: Email,
    /// The account's password.
    #[schema(value_type = String, max_length = 1024)]
    pub password: Sensitive,
}

/// The body of `POST /token/refresh`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefreshRequest {
    /// The refresh token of the last answer.
    #[schema(value_type = String, max_length = 4096)]
    pub refresh_token: Sensitive,
}

/// The body of `POST /password/reset`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResetPasswordRequest {
    /// The token from the email.
    #[schema(value_type = String, min_length = 1, max_length = 256)]
    pub token: Sensitive,
    /// The new password, under the rules of registration.
    #[schema(value_type = String, min_length = 8, max_length = 512)]
    pub new_password: Sensitive,
}

/// The body of `PUT /me/password`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePasswordRequest {
    /// The current password.
    #[schema(value_type = String, max_length = 1024)]
    pub current_password: Sensitive,
    /// The new password, under the rules of registration.
    #[schema(value_type = String, min_length = 8, max_length = 512)]
    pub new_password: Sensitive,
}

/// The body of `PUT /me/email`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeEmailRequest {
    /// The account's password.
    #[schema(value_type = String, max_length = 1024)]
    pub password: Sensitive,
    /// The address that receives the verification email. It becomes the account's address once it
    /// is verified.
    pub new_email: Email,
}

/// The body of `DELETE /me`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CloseAccountRequest {
    /// The account's password.
    #[schema(value_type = String, max_length = 1024)]
    pub password: Sensitive,
}

/// An active login session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Session {
    /// The session's id.
    pub id: SessionId,
    /// The time of the login.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// The time at which the session last got tokens.
    #[serde(with = "time::serde::rfc3339")]
    pub last_used_at: OffsetDateTime,
    /// The `User-Agent` of the device at login.
    pub user_agent: Option<String>,
    /// True for the session of this request.
    pub current: bool,
}

/// The answer of `GET /me/export`: all data that the shop holds on a person (GDPR, articles 15 and
/// 20).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Export {
    /// The time of the export.
    #[serde(with = "time::serde::rfc3339")]
    pub exported_at: OffsetDateTime,
    /// The account.
    pub profile: Profile,
    /// The address book.
    pub addresses: Vec<SavedAddress>,
    /// The pending new address, which takes effect once it is verified.
    pub new_email: Option<Email>,
    /// The active sessions, newest first.
    pub sessions: Vec<Session>,
    /// The data held by the Payment Service.
    pub payment: PaymentExport,
    /// The data held by the Verification Service.
    pub verification: VerificationExport,
}

/// The tokens of a session (RFC 6749, section 5.1).
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Tokens {
    /// The token to send with each request: `Authorization: Bearer …`.
    pub access_token: Sensitive,
    /// The token that gets the next pair. Valid once.
    pub refresh_token: Sensitive,
    /// `Bearer`.
    pub token_type: String,
    /// The lifetime of the access token, in seconds.
    pub expires_in: u32,
}

named! {
    /// The status of an account.
    pub enum UserStatus {
        /// Usable.
        Active = "active",
        /// Disabled by an admin.
        Disabled = "disabled",
    }
}

/// An account, as its owner and admins see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Profile {
    /// The account's id.
    pub id: UserId,
    /// The account's email address.
    pub email: Email,
    /// True if the email address is verified.
    pub email_verified: bool,
    /// The role of the account.
    pub role: Role,
    /// The status of the account.
    pub status: UserStatus,
    /// The name by which the shop addresses the user.
    #[serde(deserialize_with = "PersonName::deserialize_kept")]
    pub name: PersonName,
    /// A telephone number.
    #[serde(default, deserialize_with = "Phone::deserialize_kept_if_any")]
    pub phone: Option<Phone>,
    /// The address to which parcels are sent: that of the default entry of the address book.
    #[serde(default, deserialize_with = "Address::deserialize_kept_if_any")]
    pub shipping_address: Option<Address>,
    /// The language of emails.
    pub locale: Locale,
    /// The time at which the account was created.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// The body of `PATCH /me` (RFC 7396). An omitted field keeps its value, also within
/// `shipping_address`. `null` clears `phone`, and removes the default entry of the address book.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Ada L.", "phone": "+49301234567"}))]
pub struct ProfilePatch {
    /// The name by which the shop addresses the user.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub name: Option<PersonName>,
    /// A telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::nullable")]
    #[schema(value_type = Option<Phone>)]
    pub phone: Option<Option<Phone>>,
    /// The address to which parcels are sent. Changes the default entry of the address book, or
    /// adds one.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::nullable")]
    #[schema(value_type = Option<AddressPatch>)]
    pub shipping_address: Option<Option<AddressPatch>>,
    /// The language of emails.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub locale: Option<Locale>,
}

/// The body of `PATCH /users/{id}`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"status": "disabled"}))]
pub struct UserPatch {
    /// The role of the account.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub role: Option<Role>,
    /// The status of the account. `disabled` ends every session.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "crate::patch::value")]
    #[schema(nullable = false)]
    pub status: Option<UserStatus>,
}

/// The body of `PUT /internal/admin`. Creates the shop's first admin if the address has no account;
/// never changes an account.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdminRequest {
    /// The admin's address, which counts as verified.
    pub email: Email,
    /// The admin's password.
    #[schema(value_type = String, min_length = 8, max_length = 512)]
    pub password: Sensitive,
}
