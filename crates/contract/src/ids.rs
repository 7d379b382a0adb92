//! Identifiers: one type per kind, so that the compiler rejects an order's id in place of a user's.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        #[schema(value_type = Uuid, example = "0197a6f0-3c5e-7d6b-9a44-0f5f4f1f2a01")]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// An account at the User Service.
    UserId,
    /// A login session, which owns a refresh token family.
    SessionId,
    /// An email requested from the Verification Service, and the token in it.
    VerificationId,
    /// One message in an outbox.
    MessageId,
    /// An entry of an account's address book.
    AddressId,
    /// A saved card.
    PaymentMethodId,
    /// An order and its reservation (order-flow section 2).
    OrderId,
}

impl OrderId {
    /// Derives the order's id from `user` and `key`, an Idempotency-Key without its quotes. A retry
    /// finds the same order even if the first answer was lost (order-flow section 2).
    #[must_use]
    pub fn of(user: UserId, key: &str) -> Self {
        Self(Uuid::new_v5(&user.0, key.as_bytes()))
    }
}
