//! Re-encryption of saved cards under the first key of `CARD_KEYS` (`bootstrap rotate-cards`).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{PaymentMethodId, UserId};

/// The body of `POST /internal/cards/reseal` at the Payment Service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResealRequest {
    /// The accounts whose cards to re-encrypt, 1000 at most. Accounts without a card are skipped.
    #[schema(max_items = 1000)]
    pub users: Vec<UserId>,
}

/// The result of a re-encryption.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Resealed {
    /// The id of the current encryption key.
    pub key: String,
    /// Cards that were encrypted with another key, and now are with this one.
    pub cards: u64,
    /// The same count for the records of idempotency keys. Deletes a record whose card is gone.
    pub records: u64,
    /// The cards that no key decrypts. They stay unchanged.
    pub unopened: Vec<PaymentMethodId>,
}
