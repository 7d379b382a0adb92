//! Sealing saved cards anew, under the first key of `CARD_KEYS` (`bootstrap rotate-cards`).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{PaymentMethodId, UserId};

/// `POST /internal/cards/reseal` at the Payment Service: whose cards to go through.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ResealRequest {
    /// The accounts, 1000 at most. Those without a card are passed over.
    #[schema(max_items = 1000)]
    pub users: Vec<UserId>,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Resealed {
    /// The id of the key that seals.
    pub key: String,
    /// How many cards were under another, and are under this one now.
    pub cards: u64,
    /// The same of what is kept of Idempotency-Keys; where the card is gone, that goes too.
    pub records: u64,
    /// The cards that no key opens. They stay as they are.
    pub unopened: Vec<PaymentMethodId>,
}
