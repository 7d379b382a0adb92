//! `POST /internal/introspect` at the User Service: who is behind an access token, now (after RFC 7662).

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use utoipa::ToSchema;

use crate::{Email, Sensitive, SessionId, UserId, text::PersonName, verification::Locale};

/// What a caller may do beyond being themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Buys.
    Customer,
    /// Runs the shop.
    Admin,
}

/// Asks who is behind a token.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IntrospectRequest {
    /// The access token, without `Bearer`.
    pub token: Sensitive,
}

/// The answer. `{"active": false}` says nothing more: forged, expired, logged out and disabled look alike.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Introspection {
    /// Whether the token may be used now.
    pub active: bool,
    /// Who, where `active`.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub principal: Option<Principal>,
}

/// Who is calling, as the User Service knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Principal {
    /// The account.
    pub user_id: UserId,
    /// The login that the token belongs to.
    pub session_id: SessionId,
    /// The account's address.
    pub email: Email,
    /// Whether the address is verified.
    pub email_verified: bool,
    /// How mails address the user.
    #[serde(deserialize_with = "PersonName::deserialize_kept")]
    pub name: PersonName,
    /// The language of mails.
    #[serde(default)]
    pub locale: Locale,
    /// The account's role.
    pub role: Role,
    /// What the role allows, by name.
    pub permissions: Vec<String>,
    /// When the token ends.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
}
