//! Refunds (order-flow section 4).

use std::{collections::BTreeMap, time::Duration};

use estore_contract::{FieldError, Money, OrderId, Sku};
use estore_stores::redis::{Redis, fcall, fcall_ro};
use estore_telemetry::trace::TraceContext;
use redis::{Cmd, Value, pipe};
use serde_json::json;

use super::{
    TAG, millis,
    parse::{self, Row},
};
use crate::{
    Error,
    domain::{Fingerprint, Order, Refund, protocol::RefundTransition},
};

/// The result of `request`.
#[derive(Debug)]
pub enum Requested {
    /// The refund is new, and leased to the caller.
    New(Box<(Order, Refund)>),
    /// An earlier call with the same request made the refund.
    Existing(Box<Refund>),
    /// The order's refunds changed since the caller read them: read them again.
    Changed,
}

#[derive(Debug)]
pub struct NewRefund<'a> {
    /// The order, as the caller saw it.
    pub order: &'a Order,
    /// The idempotency key of the request.
    pub key: &'a str,
    /// The fingerprint of the request.
    pub fingerprint: &'a Fingerprint,
    /// Units by SKU.
    pub lines: &'a BTreeMap<Sku, u32>,
    /// The price of the lines.
    pub amount: Money,
    /// True if the stock is restocked too.
    pub restock: bool,
    pub reason: Option<&'a str>,
    /// The lease: the time for which no other caller works on it.
    pub lease: Duration,
    /// The trace context of the request.
    pub cause: Option<TraceContext>,
}

/// Returns the call that books a refund, or finds the one that the key made.
#[must_use]
pub fn request_call(new: &NewRefund<'_>) -> Cmd {
    let lines: Vec<String> =
        new.lines.iter().flat_map(|(sku, units)| [sku.to_string(), units.to_string()]).collect();
    let mut call = fcall("pay1_refund", TAG);
    call.arg(new.order.id.to_string())
        .arg(new.key)
        .arg(&new.fingerprint.0)
        .arg(new.order.refund_version)
        .arg(json!(lines).to_string())
        .arg(new.amount.amount)
        .arg(u8::from(new.restock))
        .arg(new.reason.unwrap_or_default())
        .arg(millis(new.lease))
        .arg(new.cause.as_ref().map(TraceContext::to_string).unwrap_or_default());
    call
}

/// Books a refund, or finds the one that the key made, in one round trip.
pub async fn request(redis: &Redis, new: &NewRefund<'_>) -> Result<Requested, Error> {
    let call = request_call(new);
    let row = Row::parse(call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?)?;
    match row.word.as_str() {
        "created" => row.into_refund().map(Box::new).map(Requested::New),
        "exists" => row.into_refund().map(|(_, refund)| Requested::Existing(Box::new(refund))),
        "changed" => Ok(Requested::Changed),
        // Possible only if the gateway made a refund whose lines are unknown (order-flow section
        // 7).
        "too_much" => {
            Err(Error::Invalid(vec![FieldError::new("items", "must not exceed what is left to refund")]))
        }
        "reused" => Err(Error::KeyReused(Some(new.order.id))),
        "not_completed" => Err(Error::NotRefundable),
        "none" => Err(Error::NotFound),
        other => Err(Error::Unexpected(other.to_owned())),
    }
}

/// Returns the call that applies `step`, if `refund` has not changed since the caller saw it.
#[must_use]
pub fn advance_call(order: OrderId, refund: &Refund, step: &RefundTransition, lease: Duration) -> Cmd {
    let mut call = fcall("pay1_advance_refund", TAG);
    call.arg(order.to_string())
        .arg(refund.n)
        .arg(refund.version)
        .arg(refund.stage.as_str())
        .arg(step.to.as_str())
        .arg(millis(lease))
        .arg(step.failure.as_deref().unwrap_or_default());
    call
}

/// Moves a refund on, and returns its current state. The flag is `false` if another caller moved it
/// meanwhile.
pub async fn advance(
    redis: &Redis,
    order: OrderId,
    refund: &Refund,
    step: &RefundTransition,
    lease: Duration,
) -> Result<(bool, Refund), Error> {
    let call = advance_call(order, refund, step, lease);
    let row = Row::parse(call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?)?;
    match row.word.as_str() {
        "advanced" => row.into_refund().map(|(_, refund)| (true, refund)),
        "stale" => row.into_refund().map(|(_, refund)| (false, refund)),
        other => Err(Error::Unexpected(format!("{other} on refund {} of {order}", refund.n))),
    }
}

/// Sets the time of the next attempt for a refund.
pub async fn postpone(redis: &Redis, order: OrderId, refund: &Refund, delay: Duration) -> Result<(), Error> {
    let mut call = fcall("pay1_postpone_refund", TAG);
    call.arg(order.to_string()).arg(refund.n).arg(refund.version).arg(millis(delay));
    call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    Ok(())
}

/// Reads an order with its refunds, oldest first, in one round trip.
pub async fn list(redis: &Redis, order: OrderId) -> Result<(Order, Vec<Refund>), Error> {
    let call =
        fcall_ro("pay1_refunds", TAG).arg(order.to_string()).query_async(&mut redis.connection()).await?;
    let row = Row::parse(call)?;
    Ok((row.order.ok_or(Error::NotFound)?, row.refunds))
}

/// Reads the refunds of these orders in one round trip. An order that was archived meanwhile has
/// none.
pub async fn of(redis: &Redis, orders: &[OrderId]) -> Result<Vec<(OrderId, Refund)>, Error> {
    if orders.is_empty() {
        return Ok(Vec::new());
    }
    let mut ask = pipe();
    for order in orders {
        ask.add_command(fcall_ro("pay1_refunds", TAG).arg(order.to_string()).to_owned());
    }
    let answers: Vec<Value> = ask.query_async(&mut redis.connection()).await?;
    let mut found = Vec::new();
    for (order, answer) in orders.iter().zip(answers) {
        found.extend(Row::parse(answer)?.refunds.into_iter().map(|refund| (*order, refund)));
    }
    Ok(found)
}

/// The place of a refund among those that failed: its time in ms since 1970, its order and number.
pub type FailedPlace = (i64, OrderId, u32);

/// Returns the place of a refund that failed. The call that failed it also noted its place.
#[must_use]
pub fn failed_place(order: OrderId, refund: &Refund) -> FailedPlace {
    let millis = i64::try_from(refund.updated_at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX);
    (millis, order, refund.n)
}

/// Reads at most `limit` refunds that failed and that nobody has seen to, newest first, after the
/// one at `after`.
pub async fn failed(
    redis: &Redis,
    after: Option<FailedPlace>,
    limit: usize,
) -> Result<Vec<(OrderId, Refund)>, Error> {
    let mut call = fcall_ro("pay1_failed_refunds", TAG);
    call.arg(limit);
    if let Some((millis, order, n)) = after {
        call.arg(millis).arg(format!("{order}/{n}"));
    }
    parse::refunds(call.query_async(&mut redis.connection()).await?)
}
