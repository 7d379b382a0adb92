//! What every service that holds personal data answers: what it holds, and that it is erased.

use std::time::Duration;

use axum::http::Method;
use estore_contract::UserId;
use estore_kit::peer::{PeerClient, PeerError};
use serde::de::DeserializeOwned;

/// How long gathering may take: somebody may have ordered for years.
const LIMIT: Duration = Duration::from_secs(10);

/// What a service holds on `user`.
pub(crate) async fn export<T: DeserializeOwned>(client: &PeerClient, user: UserId) -> Result<T, PeerError> {
    client.read_within(&format!("/internal/users/{user}/export"), LIMIT).await
}

/// Erases it; repeats are harmless.
pub(crate) async fn erase(client: &PeerClient, user: UserId) -> Result<(), PeerError> {
    client.call(Method::DELETE, &format!("/internal/users/{user}"), None::<&()>).await
}
