//! `POST /internal/introspect` at the User Service: returns the current owner of an access token
//! (after RFC 7662).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{Email, Sensitive, SessionId, UserId, names::named, text::PersonName, verification::Locale};

named! {
    /// The role of an account, which grants permissions beyond its own data.
    pub enum Role {
        /// Buys.
        Customer = "customer",
        /// Runs the shop.
        Admin = "admin",
    }
}

/// Requests the owner of a token.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntrospectRequest {
    /// The access token, without `Bearer`.
    pub token: Sensitive,
}

/// The answer to an introspection. `{"active": false}` gives no reason: forged, expired, logged-out
/// and disabled tokens look alike.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Introspection {
    /// True if the token may be used now.
    pub active: bool,
    /// The owner of the token. Present if `active`.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principal>,
}

/// The caller, as the User Service knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Principal {
    /// The account's id.
    pub user_id: UserId,
    /// The login session to which the token belongs.
    pub session_id: SessionId,
    /// The account's email address.
    pub email: Email,
    /// True if the email address is verified.
    pub email_verified: bool,
    /// The name by which emails address the user.
    #[serde(deserialize_with = "PersonName::deserialize_kept")]
    pub name: PersonName,
    /// The language of emails.
    #[serde(default)]
    pub locale: Locale,
    /// The account's role.
    pub role: Role,
    /// The names of the permissions that the role grants.
    pub permissions: Vec<String>,
    /// The time at which the token expires.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}
