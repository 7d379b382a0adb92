//! The endpoints that every service with personal data has: the export of a user's data, and its
//! erasure.

use std::time::Duration;

use axum::http::Method;
use estore_client::{PeerClient, PeerError};
use estore_contract::UserId;
use serde::de::DeserializeOwned;

/// The deadline of an export, which is long because a customer may have years of orders.
const LIMIT: Duration = Duration::from_secs(10);

/// Returns the data that a service holds on `user`.
pub(crate) async fn export<T: DeserializeOwned>(client: &PeerClient, user: UserId) -> Result<T, PeerError> {
    client.read_within(&format!("/internal/users/{user}/export"), LIMIT).await
}

/// Erases the data that a service holds on `user`. Idempotent.
pub(crate) async fn erase(client: &PeerClient, user: UserId) -> Result<(), PeerError> {
    client.call(Method::DELETE, &format!("/internal/users/{user}"), None::<&()>).await
}
