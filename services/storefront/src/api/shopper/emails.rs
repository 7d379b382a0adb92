//! The emails that the caller got.

use estore_contract::{
    OrderId,
    verification::{OrderEmail, OrderEmailList},
};

use crate::api::{ApiError, Verification};

impl Verification<'_> {
    /// Lists the emails about an order, oldest first. A replica of the release before has no such
    /// list, and thus no emails.
    pub(crate) async fn order_emails(&self, order: OrderId) -> Result<Vec<OrderEmail>, ApiError> {
        match self.0.get(&format!("/orders/{order}/emails")).await {
            Ok(OrderEmailList { items }) => Ok(items),
            Err(error) if error.is(404) => Ok(Vec::new()),
            Err(error) => Err(error),
        }
    }
}
