//! Orders (order-flow sections 2 to 4).

use std::time::Duration;

use estore_contract::{OrderId, UserId, payment::OrderRequest};
use estore_stores::redis::{Redis, fcall, fcall_ro, time_of};
use estore_telemetry::trace::TraceContext;
use redis::{Cmd, Value};
use serde_json::json;

use super::{
    TAG, methods, millis, not_stale,
    parse::{self, Row},
};
use crate::{
    Error,
    domain::{
        Fingerprint, Order, Refund, Returned, State, StoredCard,
        protocol::{Entry, Transition},
    },
};

/// The result of `create`.
#[derive(Debug)]
pub enum Created {
    /// The order is new, and leased to the caller.
    New(Order),
    /// An earlier call with the same request made the order.
    Existing(Order),
    /// The key made an order with another body.
    Reused(OrderId),
}

#[derive(Debug)]
pub struct NewOrder<'a> {
    /// The id, made of the user and the key.
    pub id: OrderId,
    /// The owner.
    pub user: UserId,
    pub request: &'a OrderRequest,
    /// The fingerprint of the request.
    pub fingerprint: &'a Fingerprint,
    /// The lease: the time for which no other caller works on it.
    pub lease: Duration,
    /// The maximum numbers of orders and units in progress for each user.
    pub most_open: (u32, u32),
    /// The trace context of the request.
    pub cause: Option<TraceContext>,
}

fn units(request: &OrderRequest) -> u32 {
    request.items.iter().map(|item| item.quantity.get()).sum()
}

/// Returns the call that creates an order, or finds the one that the key made, in a store that is
/// not older than `epoch`.
pub fn create_call(epoch: i64, new: &NewOrder<'_>) -> Result<Cmd, Error> {
    let request = serde_json::to_string(new.request).map_err(|error| Error::Unexpected(error.to_string()))?;
    let mut call = fcall("pay1_create_at", TAG);
    call.arg(epoch).arg(new.id.to_string()).arg(new.user.to_string()).arg(&new.fingerprint.0).arg(request);
    call.arg(new.request.payment_method_id.to_string())
        .arg(units(new.request))
        .arg(millis(new.lease))
        .arg(new.most_open.0)
        .arg(new.most_open.1)
        // Address, locale and name stay empty: they are looked up when emails are sent.
        .arg(&["", "", ""])
        .arg(new.cause.as_ref().map(TraceContext::to_string).unwrap_or_default());
    Ok(call)
}

/// Creates an order, or finds the one that the key made, in one round trip.
pub async fn create(redis: &Redis, epoch: i64, new: &NewOrder<'_>) -> Result<Created, Error> {
    let call = create_call(epoch, new)?;
    let answer: Value = call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    created(new, not_stale(answer, epoch)?)
}

/// Parses the answer to the call of `create_call`.
pub fn created(new: &NewOrder<'_>, answer: Value) -> Result<Created, Error> {
    let parts = parse::list(answer)?;
    let word = parts.first().cloned().map(parse::text).transpose()?.unwrap_or_default();
    match word.as_str() {
        "created" => new_order(new, parts).map(Created::New),
        "exists" => Row::of(parts)?.into_order().map(Created::Existing),
        "reused" => Row::of(parts)?.into_order().map(|order| Created::Reused(order.id)),
        "archived" => Err(Error::Archived(new.id)),
        // Only an order that was written again after a restore has another user: none.
        "none" => Err(Error::Lost(new.id)),
        "no_method" => Err(Error::NoMethod),
        // Waiting does not make room for such an order.
        "too_many" if units(new.request) > new.most_open.1 => Err(Error::TooManyUnits(new.most_open.1)),
        "too_many" => Err(Error::TooManyOrders),
        "closed" => Err(Error::Closed),
        _ => Err(Error::Unexpected(word)),
    }
}

/// Returns the order that was just made, from the request and from the values that only the store
/// knows.
fn new_order(new: &NewOrder<'_>, answer: Vec<Value>) -> Result<Order, Error> {
    let mut parts = answer.into_iter().skip(1).map(parse::text);
    let mut next = || parts.next().transpose().map(Option::unwrap_or_default);
    let (now, brand, last4) = (next()?, next()?, next()?);
    let now = time_of(&now).ok_or_else(|| Error::Unexpected(format!("order created at {now:?}")))?;
    Ok(Order {
        id: new.id,
        user: new.user,
        request: new.request.clone(),
        state: State::Accepted,
        version: 1,
        attempts: 0,
        card: (brand, last4),
        priced: None,
        deadline: None,
        payment: None,
        has_authorization: false,
        failure: None,
        refunded: 0,
        returned: Returned::Nothing,
        refund_version: 0,
        trace_context: new.cause.as_ref().map(TraceContext::to_string),
        created_at: now,
        updated_at: now,
        now,
    })
}

/// An order that moved.
#[derive(Debug)]
pub struct Moved {
    /// The order in its current state.
    pub order: Order,
    /// The saved card as of the same moment, if the next step authorizes the payment. The inner
    /// `None` means that the card is gone.
    pub card: Option<Option<Box<StoredCard>>>,
}

/// Returns true if the next step needs the card.
fn needs_card(step: &Transition) -> bool {
    step.to == State::Reserved && step.payment.is_some()
}

/// Returns the call that applies `step`, if `order` has not changed since the caller saw it.
pub fn step_call(order: &Order, step: &Transition, lease: Duration) -> Result<Cmd, Error> {
    let unwritten = |error: serde_json::Error| Error::Unexpected(error.to_string());
    let mut call = fcall("pay1_step", TAG);
    call.arg(order.id.to_string())
        .arg(order.version)
        .arg(order.state.as_str())
        .arg(step.to.as_str())
        .arg(millis(lease));
    call.arg(if needs_card(step) { order.method().to_string() } else { String::new() });
    if step.to.is_final() {
        call.arg(order.clone().moved(step, order.now).view_lines().map_err(unwritten)?);
    } else {
        call.arg("");
    }
    call.arg(step.entries.len() * 4);
    for Entry { kind, amount, n } in &step.entries {
        let n = n.map(|n| n.to_string()).unwrap_or_default();
        call.arg(kind.as_str()).arg(amount.amount).arg(amount.currency.code()).arg(n);
    }
    if let Some((lines, total, deadline)) = &step.priced {
        call.arg("lines").arg(serde_json::to_string(lines).map_err(unwritten)?);
        call.arg("amount").arg(total.amount).arg("currency").arg(total.currency.code());
        call.arg("deadline").arg(*deadline);
    }
    if let Some(payment) = &step.payment {
        call.arg("payment").arg(payment);
    }
    if let Some(failure) = &step.failure {
        call.arg("failure").arg(json!(failure).to_string());
    }
    Ok(call)
}

/// Moves `order` on. Returns `Err` with the current order if another caller moved it meanwhile.
pub async fn advance(
    redis: &Redis,
    order: &Order,
    step: &Transition,
    lease: Duration,
) -> Result<Result<Moved, Order>, Error> {
    let call = step_call(order, step, lease)?;
    let answer = call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    advanced(order, step, answer)
}

/// Parses the answer to the call of `step_call`.
pub fn advanced(order: &Order, step: &Transition, answer: Value) -> Result<Result<Moved, Order>, Error> {
    let parts = parse::list(answer)?;
    let word = parts.first().cloned().map(parse::text).transpose()?.unwrap_or_default();
    let unexpected =
        || Error::Unexpected(format!("{word} on {} to {}", order.state.as_str(), step.to.as_str()));
    match word.as_str() {
        "advanced" => {
            let mut parts = parts.into_iter().skip(1).map(parse::text);
            let now = parts.next().transpose()?.as_deref().and_then(time_of).ok_or_else(unexpected)?;
            let card =
                parts.next().transpose()?.map(|kept| methods::read_json(&kept).map(Box::new)).transpose()?;
            let order = order.clone().moved(step, now);
            Ok(Ok(Moved { order, card: needs_card(step).then_some(card) }))
        }
        "stale" => Row::of(parts)?.into_order().map(Err),
        _ => Err(unexpected()),
    }
}

/// Due work.
#[derive(Debug)]
pub enum Work {
    /// An order that is not final.
    Order(Box<Order>),
    /// A refund that is not final, with its order.
    Refund(Box<(Order, Refund)>),
}

/// Leases due work to the caller. Work in a state that this version does not know is left to a
/// newer version.
pub async fn claim(redis: &Redis, limit: usize, lease: Duration) -> Result<Vec<Work>, Error> {
    let rows: Vec<Value> = fcall("pay1_claim", TAG)
        .arg(limit)
        .arg(millis(lease))
        .query_async(&mut redis.connection())
        .await
        .map_err(Error::OutcomeUnknown)?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in rows {
        match Row::parse(row).and_then(work) {
            Ok(work) => claimed.push(work),
            Err(error) => {
                tracing::error!(%error, "cannot parse claimed work; leaving it to a newer version");
            }
        }
    }
    Ok(claimed)
}

fn work(row: Row) -> Result<Work, Error> {
    if row.refunds.is_empty() {
        row.into_order().map(Box::new).map(Work::Order)
    } else {
        row.into_refund().map(Box::new).map(Work::Refund)
    }
}

/// Sets the time of the next attempt for `order`.
pub async fn postpone(redis: &Redis, order: &Order, delay: Duration) -> Result<(), Error> {
    let mut call = fcall("pay1_postpone", TAG);
    call.arg(order.id.to_string()).arg(order.version).arg(millis(delay));
    call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    Ok(())
}

pub async fn read(redis: &Redis, id: OrderId) -> Result<Order, Error> {
    let answer = fcall_ro("pay1_order", TAG).arg(id.to_string()).query_async(&mut redis.connection()).await?;
    Row::parse(answer)?.order.ok_or(Error::NotFound)
}
