//! Writes lost data again (order-flow section 7).

use estore_contract::{Money, OrderId, PaymentMethodId, UserId, payment::OrderRequest};
use estore_stores::redis::{Redis, fcall};
use redis::Cmd;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

use super::TAG;
use crate::{
    Error,
    domain::{
        Refund, Refusal,
        protocol::{Entry, restore::unknown_lines},
    },
    gateway::ListedPayment,
};

/// The reason recorded with a refund that was found at the gateway.
const REASON: &str = "found after a restore";

/// Makes the reconciler read Inventory's journal from `since` on, unless its place is already
/// further back.
pub async fn read_journal_again(redis: &Redis, since: OffsetDateTime) -> Result<(), Error> {
    let since = (since.unix_timestamp_nanos() / 1_000_000).max(0);
    changed(redis, fcall("pay1_read_journal_again", TAG).arg(since.to_string())).await.map(drop)
}

/// Makes the reconciler compare an order with the journal once more.
pub async fn unsettle(redis: &Redis, order: OrderId) -> Result<(), Error> {
    changed(redis, fcall("pay1_unsettle", TAG).arg(order.to_string())).await.map(drop)
}

/// Writes a lost order as one that was undone, with `entries` in its user's ledger; `false` if the
/// order exists.
pub async fn lost(redis: &Redis, payment: &ListedPayment, entries: &[Entry]) -> Result<bool, Error> {
    // The lines and the card of the order are no longer known.
    let request = OrderRequest {
        items: Vec::new(),
        payment_method_id: PaymentMethodId(Uuid::nil()),
        expected_total: None,
        shipping_address: None,
    };
    let entry = |entry: &Entry| {
        let n = entry.n.map(|n| n.to_string()).unwrap_or_default();
        [entry.kind.as_str().to_owned(), entry.amount.amount.to_string(), n]
    };
    let entries: Vec<String> = entries.iter().flat_map(entry).collect();
    // If the gateway does not know the user, the order gets the nil user. So the key cannot make it
    // a second time.
    let user = payment.user.unwrap_or(UserId(Uuid::nil()));
    let mut call = fcall("pay1_lost", TAG);
    call.arg(payment.order.to_string())
        .arg(user.to_string())
        .arg(&payment.payment)
        .arg(json!(request).to_string())
        .arg(payment.amount.amount)
        .arg(payment.amount.currency.code())
        .arg(json!(Refusal::lost()).to_string())
        .arg(json!(entries).to_string())
        .arg(json!(unknown_lines(payment.amount)).to_string());
    changed(redis, &call).await
}

/// Writes a refund that the gateway made and the order does not have; `false` if the order has it.
pub async fn found_refund(redis: &Redis, order: OrderId, n: u32, amount: Money) -> Result<bool, Error> {
    let mut call = fcall("pay1_found_refund", TAG);
    call.arg(order.to_string()).arg(n).arg(amount.amount).arg(REASON);
    changed(redis, &call).await
}

/// Returns true if [`found_refund`] wrote the refund.
#[must_use]
pub fn is_found(refund: &Refund) -> bool {
    // A client's refund always has a fingerprint.
    refund.fingerprint.0.is_empty()
}

async fn changed(redis: &Redis, call: &Cmd) -> Result<bool, Error> {
    Ok(call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)? == 1)
}
