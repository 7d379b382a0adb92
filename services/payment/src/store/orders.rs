//! Orders (order-flow sections 2 to 4).

use std::time::Duration;

use estore_contract::{OrderId, UserId, payment::OrderRequest};
use estore_kit::{
    redis::{Redis, fcall, fcall_ro},
    trace::Cause,
};
use redis::{Cmd, Value};
use serde_json::json;

use super::{
    TAG, methods, millis, not_older,
    parse::{self, Row},
    time_of,
};
use crate::{
    Error,
    domain::{
        Fingerprint, Order, Refund, Returned, State, StoredCard,
        protocol::{Entry, Move},
    },
};

/// What `create` found.
#[derive(Debug)]
pub enum Created {
    /// It is new, and leased to the caller.
    New(Order),
    /// The same request made it before.
    Existing(Order),
    /// The key made an order with another body.
    Reused(OrderId),
}

/// A new order.
#[derive(Debug)]
pub struct NewOrder<'a> {
    /// Made of the user and the key.
    pub id: OrderId,
    /// Whose.
    pub user: UserId,
    /// What is asked for.
    pub request: &'a OrderRequest,
    /// Of the request.
    pub fingerprint: &'a Fingerprint,
    /// How long nobody else works on it.
    pub lease: Duration,
    /// The most orders and pieces under way for each user.
    pub most_open: (u32, u32),
    /// Which trace asks for it.
    pub cause: Option<Cause>,
}

fn units(request: &OrderRequest) -> u32 {
    request.items.iter().map(|item| item.quantity.get()).sum()
}

/// The call that creates an order, or finds the one that the key made, in a store that is not older than `epoch`.
pub fn create_call(epoch: i64, new: &NewOrder<'_>) -> Result<Cmd, Error> {
    let request = serde_json::to_string(new.request).map_err(|error| Error::Unexpected(error.to_string()))?;
    let mut call = fcall("pay1_create_at", TAG);
    call.arg(epoch).arg(new.id.to_string()).arg(new.user.to_string()).arg(&new.fingerprint.0).arg(request);
    call.arg(new.request.payment_method_id.to_string())
        .arg(units(new.request))
        .arg(millis(new.lease))
        .arg(new.most_open.0)
        .arg(new.most_open.1)
        // Address, locale and name: mails ask for them when they are sent.
        .arg(&["", "", ""])
        .arg(new.cause.as_ref().map(Cause::to_string).unwrap_or_default());
    Ok(call)
}

/// Creates an order, or finds the one that the key made: one round trip.
pub async fn create(redis: &Redis, epoch: i64, new: &NewOrder<'_>) -> Result<Created, Error> {
    let call = create_call(epoch, new)?;
    let answer: Value = call.query_async(&mut redis.connection()).await.map_err(Error::Write)?;
    created(new, not_older(answer, epoch)?)
}

/// Reads what the call of `create_call` answered.
pub fn created(new: &NewOrder<'_>, answer: Value) -> Result<Created, Error> {
    let parts = parse::list(answer)?;
    let word = parts.first().cloned().map(parse::text).transpose()?.unwrap_or_default();
    match word.as_str() {
        "created" => new_order(new, parts).map(Created::New),
        "exists" => Row::of(parts)?.into_order().map(Created::Existing),
        "reused" => Row::of(parts)?.into_order().map(|order| Created::Reused(order.id)),
        "archived" => Err(Error::Archived(new.id)),
        "no_method" => Err(Error::NoMethod),
        // No waiting makes room for it.
        "too_many" if units(new.request) > new.most_open.1 => Err(Error::TooManyUnits(new.most_open.1)),
        "too_many" => Err(Error::TooManyOrders),
        "closed" => Err(Error::Closed),
        _ => Err(Error::Unexpected(word)),
    }
}

/// The order that was just made: of what was sent, and of what only the store knows.
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
        cause: new.cause.clone(),
        created_at: now,
        updated_at: now,
        now,
    })
}

/// An order that moved.
#[derive(Debug)]
pub struct Moved {
    /// The order as it is now.
    pub order: Order,
    /// The saved card as it was in the same moment, if the payment is authorized next; `None` in it if the card is gone.
    pub card: Option<Option<Box<StoredCard>>>,
}

/// Whether the card is needed next.
fn needs_card(step: &Move) -> bool {
    step.to == State::Reserved && step.payment.is_some()
}

/// The call that takes `step`, where `order` still stands as the caller saw it.
pub fn step_call(order: &Order, step: &Move, lease: Duration) -> Result<Cmd, Error> {
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

/// Moves `order` on. `Err` holds it as it is now, where somebody else moved it meanwhile.
pub async fn advance(
    redis: &Redis,
    order: &Order,
    step: &Move,
    lease: Duration,
) -> Result<Result<Moved, Order>, Error> {
    let call = step_call(order, step, lease)?;
    let answer = call.query_async(&mut redis.connection()).await.map_err(Error::Write)?;
    advanced(order, step, answer)
}

/// Reads what the call of `step_call` answered.
pub fn advanced(order: &Order, step: &Move, answer: Value) -> Result<Result<Moved, Order>, Error> {
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

/// What is due.
#[derive(Debug)]
pub enum Work {
    /// An order that is not final.
    Order(Box<Order>),
    /// A refund that is not final, with its order.
    Refund(Box<(Order, Refund)>),
}

/// Leases what is due to the caller. What stands in a state that this version does not know is left to a newer one.
pub async fn claim(redis: &Redis, limit: usize, lease: Duration) -> Result<Vec<Work>, Error> {
    let rows: Vec<Value> = fcall("pay1_claim", TAG)
        .arg(limit)
        .arg(millis(lease))
        .query_async(&mut redis.connection())
        .await
        .map_err(Error::Write)?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in rows {
        match Row::parse(row).and_then(work) {
            Ok(work) => claimed.push(work),
            Err(error) => {
                tracing::error!(%error, "what was claimed is not understood; it is left to a newer version");
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

/// Says when `order` is tried again.
pub async fn postpone(redis: &Redis, order: &Order, delay: Duration) -> Result<(), Error> {
    let mut call = fcall("pay1_postpone", TAG);
    call.arg(order.id.to_string()).arg(order.version).arg(millis(delay));
    call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::Write)?;
    Ok(())
}

/// One order.
pub async fn read(redis: &Redis, id: OrderId) -> Result<Order, Error> {
    let answer = fcall_ro("pay1_order", TAG).arg(id.to_string()).query_async(&mut redis.connection()).await?;
    Row::parse(answer)?.order.ok_or(Error::NotFound)
}
