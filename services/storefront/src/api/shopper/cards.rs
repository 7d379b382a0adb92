//! The caller's saved cards.

use axum::http::Method;
use estore_contract::{
    Page, PaymentMethodId,
    payment::{PaymentMethod, PaymentMethodRequest},
};

use super::idempotency_key;
use crate::api::{ApiError, Payment};

impl Payment<'_> {
    /// Lists the cards, newest first.
    pub(crate) async fn cards(&self) -> Result<Vec<PaymentMethod>, ApiError> {
        let page: Page<PaymentMethod> = self.0.get("/payment-methods?limit=100").await?;
        Ok(page.items)
    }

    /// Saves a card. The same key saves it once.
    pub(crate) async fn save_card(
        &self,
        key: &str,
        card: &PaymentMethodRequest,
    ) -> Result<PaymentMethod, ApiError> {
        self.0.send_with(Method::POST, "/payment-methods", idempotency_key(key), card).await
    }

    pub(crate) async fn delete_card(&self, id: PaymentMethodId) -> Result<(), ApiError> {
        self.0.ask(Method::DELETE, &format!("/payment-methods/{id}")).await
    }
}
