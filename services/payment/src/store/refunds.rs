//! Refunds (order-flow section 4).

use std::{collections::BTreeMap, time::Duration};

use estore_contract::{FieldError, Money, OrderId, Sku};
use estore_kit::{
    redis::{Redis, fcall, fcall_ro},
    trace::Cause,
};
use redis::Cmd;
use serde_json::json;

use super::{TAG, millis, parse::Row};
use crate::{
    Error,
    domain::{Fingerprint, Order, Refund, protocol::RefundMove},
};

/// What `request` found.
#[derive(Debug)]
pub enum Requested {
    /// It is new, and leased to the caller.
    New(Box<(Order, Refund)>),
    /// The same request made it before.
    Existing(Refund),
    /// The order's refunds changed since the caller looked: look again.
    Changed,
}

/// A new refund.
#[derive(Debug)]
pub struct NewRefund<'a> {
    /// Of this order, as the caller saw it.
    pub order: &'a Order,
    /// The request's name.
    pub key: &'a str,
    /// Of the request.
    pub fingerprint: &'a Fingerprint,
    /// Pieces by SKU.
    pub lines: &'a BTreeMap<Sku, u32>,
    /// What they cost.
    pub amount: Money,
    /// Whether the stock comes back too.
    pub restock: bool,
    /// Why.
    pub reason: Option<&'a str>,
    /// How long nobody else works on it.
    pub lease: Duration,
    /// Which trace asks for it.
    pub cause: Option<Cause>,
}

/// The call that books a refund, or finds the one that the key made.
#[must_use]
pub fn request_call(new: &NewRefund<'_>) -> Cmd {
    let lines: Vec<String> =
        new.lines.iter().flat_map(|(sku, pieces)| [sku.to_string(), pieces.to_string()]).collect();
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
        .arg(new.cause.as_ref().map(Cause::to_string).unwrap_or_default());
    call
}

/// Books a refund, or finds the one that the key made: one round trip.
pub async fn request(redis: &Redis, new: &NewRefund<'_>) -> Result<Requested, Error> {
    let call = request_call(new);
    let row = Row::parse(call.query_async(&mut redis.connection()).await.map_err(Error::Write)?)?;
    match row.word.as_str() {
        "created" => row.into_refund().map(Box::new).map(Requested::New),
        "exists" => row.into_refund().map(|(_, refund)| Requested::Existing(refund)),
        "changed" => Ok(Requested::Changed),
        // Only where the gateway made a refund whose lines nobody knows (order-flow section 7).
        "too_much" => {
            Err(Error::Invalid(vec![FieldError::new("items", "come to more than is left to refund")]))
        }
        "reused" => Err(Error::KeyReused(Some(new.order.id))),
        "not_completed" => Err(Error::NotRefundable),
        "none" => Err(Error::NotFound),
        other => Err(Error::Unexpected(other.to_owned())),
    }
}

/// The call that takes `step`, where `refund` still stands as the caller saw it.
#[must_use]
pub fn advance_call(order: OrderId, refund: &Refund, step: &RefundMove, lease: Duration) -> Cmd {
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

/// Moves a refund on; `false` where somebody else moved it meanwhile. Answers it as it is now.
pub async fn advance(
    redis: &Redis,
    order: OrderId,
    refund: &Refund,
    step: &RefundMove,
    lease: Duration,
) -> Result<(bool, Refund), Error> {
    let call = advance_call(order, refund, step, lease);
    let row = Row::parse(call.query_async(&mut redis.connection()).await.map_err(Error::Write)?)?;
    match row.word.as_str() {
        "advanced" => row.into_refund().map(|(_, refund)| (true, refund)),
        "stale" => row.into_refund().map(|(_, refund)| (false, refund)),
        other => Err(Error::Unexpected(format!("{other} on refund {} of {order}", refund.n))),
    }
}

/// Says when a refund is tried again.
pub async fn postpone(redis: &Redis, order: OrderId, refund: &Refund, delay: Duration) -> Result<(), Error> {
    let mut call = fcall("pay1_postpone_refund", TAG);
    call.arg(order.to_string()).arg(refund.n).arg(refund.version).arg(millis(delay));
    call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::Write)?;
    Ok(())
}

/// An order with its refunds, oldest first: one round trip.
pub async fn list(redis: &Redis, order: OrderId) -> Result<(Order, Vec<Refund>), Error> {
    let call =
        fcall_ro("pay1_refunds", TAG).arg(order.to_string()).query_async(&mut redis.connection()).await?;
    let row = Row::parse(call)?;
    Ok((row.order.ok_or(Error::NotFound)?, row.refunds))
}
