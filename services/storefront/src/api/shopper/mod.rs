//! The calls of a customer who is logged in: orders, cards and the account.

mod account;
mod addresses;
mod cards;
mod emails;
mod orders;

pub(crate) use orders::{NewOrder, OrderList};

use axum::http::{HeaderMap, HeaderName, HeaderValue};

/// Returns the header with an idempotency key of ours, which is visible ASCII.
fn idempotency_key(key: &str) -> HeaderMap {
    let name = HeaderName::from_static("idempotency-key");
    HeaderValue::from_str(key).map(|key| (name, key)).into_iter().collect()
}
