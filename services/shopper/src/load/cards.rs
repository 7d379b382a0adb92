//! The test cards of a buyer.

use anyhow::Result;
use estore_checker::history::CardKind;
use estore_contract::{Page, PaymentMethodId, payment::PaymentMethod};
use serde_json::json;

use crate::client::{Account, Place, Request};

/// A card that is never declined.
pub const CARD: &str = "4242424242424242";
/// A card that the gateway declines for every order.
const DECLINED: &str = "4000000000000002";

/// A saved card of each kind.
pub(super) struct Cards {
    good: PaymentMethodId,
    declined: PaymentMethodId,
}

impl Cards {
    /// Finds the saved cards of an account, and saves those that it does not have.
    pub(super) async fn of(account: &Account) -> Result<Self> {
        let list = Request::get(Place::Payment, "/payment-methods?limit=100");
        let saved: Page<PaymentMethod> = account.ask("list the cards", list, 200).await?;
        let [good, declined] =
            [CARD, DECLINED].map(|number| saved.items.iter().find(|card| is_of(card, number)));
        Ok(Self {
            good: kept(account, good, CARD).await?,
            declined: kept(account, declined, DECLINED).await?,
        })
    }

    pub(super) const fn id(&self, kind: CardKind) -> PaymentMethodId {
        match kind {
            CardKind::Good => self.good,
            CardKind::Declines => self.declined,
        }
    }
}

/// Returns a saved card, or saves it now.
async fn kept(account: &Account, found: Option<&PaymentMethod>, number: &str) -> Result<PaymentMethodId> {
    match found {
        Some(card) => Ok(card.id),
        None => save(account, number).await,
    }
}

fn is_of(card: &PaymentMethod, number: &str) -> bool {
    number.ends_with(&card.details.last4)
}

/// Saves a test card.
pub(crate) async fn save(account: &Account, number: &str) -> Result<PaymentMethodId> {
    let details = json!({"card_number": number, "expiry_month": 12, "expiry_year": 2049, "cvc": "123"});
    let body = json!({"payment_type": "Card", "details": details});
    let request = Request::post(Place::Payment, "/payment-methods", &body);
    Ok(account.ask::<PaymentMethod>("save a card", request, 201).await?.id)
}
