//! Orders (order-flow sections 2 to 4).

use std::time::Duration;

use estore_contract::{
    OrderId, UserId,
    payment::{OrderRequest, OrderStatus},
};
use estore_kit::{
    redis::{Redis, fcall, fcall_ro},
    trace::Cause,
};
use redis::{Cmd, Value};
use serde_json::json;

use super::{
    TAG, millis,
    parse::{self, Row},
};
use crate::{
    Error,
    domain::{
        Contact, Fingerprint, Order, Refund,
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
    /// Whom replicas of an earlier version send mails about it to.
    pub contact: &'a Contact,
    /// The most orders and pieces under way for each user.
    pub most_open: (u32, u32),
    /// Which trace asks for it.
    pub cause: Option<Cause>,
}

/// The call that creates an order, or finds the one that the key made.
pub fn create_call(new: &NewOrder<'_>) -> Result<Cmd, Error> {
    let request = serde_json::to_string(new.request).map_err(|error| Error::Unexpected(error.to_string()))?;
    let units: u32 = new.request.items.iter().map(|item| item.quantity.get()).sum();
    let mut call = fcall("pay1_create", TAG);
    call.arg(new.id.to_string()).arg(new.user.to_string()).arg(&new.fingerprint.0).arg(request);
    call.arg(new.request.payment_method_id.to_string())
        .arg(units)
        .arg(millis(new.lease))
        .arg(new.most_open.0)
        .arg(new.most_open.1)
        .arg(new.contact.email.as_str())
        .arg(new.contact.locale.as_str())
        .arg(&new.contact.name)
        .arg(new.cause.as_ref().map(Cause::to_string).unwrap_or_default());
    Ok(call)
}

/// Creates an order, or finds the one that the key made: one round trip.
pub async fn create(redis: &Redis, new: &NewOrder<'_>) -> Result<Created, Error> {
    let call = create_call(new)?;
    let row = Row::parse(call.query_async(&mut redis.connection()).await.map_err(Error::Write)?)?;
    match row.word.as_str() {
        "created" => row.into_order().map(Created::New),
        "exists" => row.into_order().map(Created::Existing),
        "reused" => row.into_order().map(|order| Created::Reused(order.id)),
        "archived" => Err(Error::Archived(new.id)),
        "no_method" => Err(Error::NoMethod),
        "too_many" => Err(Error::TooMany("orders under way")),
        "closed" => Err(Error::Closed),
        other => Err(Error::Unexpected(other.to_owned())),
    }
}

/// The call that takes `step`, where `order` still stands as the caller saw it.
#[must_use]
pub fn advance_call(order: &Order, step: &Move, lease: Duration) -> Cmd {
    let mut fields: Vec<String> = Vec::new();
    let mut set = |name: &str, value: String| fields.extend([name.to_owned(), value]);
    if let Some((lines, total, deadline)) = &step.priced {
        set("lines", json!(lines).to_string());
        set("amount", total.amount.to_string());
        set("currency", total.currency.code().to_owned());
        set("deadline", deadline.to_string());
    }
    if let Some(payment) = &step.payment {
        set("payment", payment.clone());
    }
    if let Some(failure) = &step.failure {
        set("failure", json!(failure).to_string());
    }
    let entry = |entry: &Entry| {
        let Entry { kind, amount, n } = entry;
        let n = n.map(|n| n.to_string()).unwrap_or_default();
        [kind.as_str().to_owned(), amount.amount.to_string(), amount.currency.code().to_owned(), n]
    };
    let entries: Vec<String> = step.entries.iter().flat_map(entry).collect();
    let mut call = fcall("pay1_advance", TAG);
    call.arg(order.id.to_string())
        .arg(order.version)
        .arg(order.state.as_str())
        .arg(step.to.as_str())
        .arg(millis(lease))
        .arg(json!(fields).to_string())
        .arg(json!(entries).to_string());
    call
}

/// Moves `order` on. `Err` holds it as it is now, where somebody else moved it meanwhile.
pub async fn advance(
    redis: &Redis,
    order: &Order,
    step: &Move,
    lease: Duration,
) -> Result<Result<Order, Order>, Error> {
    let call = advance_call(order, step, lease);
    let row = Row::parse(call.query_async(&mut redis.connection()).await.map_err(Error::Write)?)?;
    match row.word.as_str() {
        "advanced" => row.into_order().map(Ok),
        "stale" => row.into_order().map(Err),
        other => {
            Err(Error::Unexpected(format!("{other} on {} to {}", order.state.as_str(), step.to.as_str())))
        }
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

/// Orders of one user, or of all, newest first; the id to go on after.
pub async fn list(
    redis: &Redis,
    user: Option<UserId>,
    status: Option<OrderStatus>,
    after: Option<OrderId>,
    limit: usize,
) -> Result<(Vec<Order>, Option<OrderId>), Error> {
    let status = status.map(|status| json!(status).as_str().unwrap_or_default().to_owned());
    let mut call = fcall_ro("pay1_orders", TAG);
    call.arg(user.map(|user| user.to_string()).unwrap_or_default()).arg(status.unwrap_or_default());
    call.arg(after.map(|after| after.to_string()).unwrap_or_default()).arg(limit);
    let rows: Vec<Value> = call.query_async(&mut redis.connection()).await?;
    let mut rows = rows.into_iter();
    let place = rows.next().map(parse::list).transpose()?.unwrap_or_default();
    let place = place.into_iter().next().map(parse::text).transpose()?.and_then(|id| id.parse().ok());
    let orders = rows.map(|row| Row::parse(row)?.into_order()).collect::<Result<_, _>>()?;
    Ok((orders, place))
}
