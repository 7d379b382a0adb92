//! Orders (order-flow sections 2 to 4).

use std::{collections::HashMap, time::Duration};

use estore_contract::{
    Money, OrderId, UserId,
    payment::{OrderRequest, OrderStatus},
};
use estore_kit::redis::{Redis, fcall, fcall_ro};
use redis::{FromRedisValue, Value};
use serde_json::json;

use super::{TAG, time_of};
use crate::{
    Error,
    domain::{Fingerprint, Order, PricedLine, Refusal, State},
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
}

/// Creates an order, or finds the one that the key made: one round trip.
pub async fn create(redis: &Redis, new: NewOrder<'_>) -> Result<Created, Error> {
    let request = serde_json::to_string(new.request).map_err(|error| Error::Unexpected(error.to_string()))?;
    let units: u32 = new.request.items.iter().map(|item| item.quantity.get()).sum();
    let mut call = fcall("pay1_create", TAG);
    call.arg(new.id.to_string()).arg(new.user.to_string()).arg(&new.fingerprint.0).arg(request);
    call.arg(new.request.payment_method_id.to_string())
        .arg(units)
        .arg(millis(new.lease))
        .arg(new.most_open.0)
        .arg(new.most_open.1);
    let (word, order) = parse(call.query_async(&mut redis.connection()).await.map_err(Error::Write)?)?;
    match (word.as_str(), order) {
        ("created", Some(order)) => Ok(Created::New(order)),
        ("exists", Some(order)) => Ok(Created::Existing(order)),
        ("reused", Some(order)) => Ok(Created::Reused(order.id)),
        ("no_method", _) => Err(Error::NoMethod),
        ("too_many", _) => Err(Error::TooMany("orders under way")),
        ("closed", _) => Err(Error::Closed),
        (other, _) => Err(Error::Unexpected(other.to_owned())),
    }
}

/// What a transition adds to an order.
#[derive(Debug, Default)]
pub struct Patch {
    fields: Vec<String>,
    entries: Vec<String>,
}

impl Patch {
    /// Nothing but the state.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    fn field(mut self, name: &str, value: impl Into<String>) -> Self {
        self.fields.extend([name.to_owned(), value.into()]);
        self
    }

    /// The price, and when the hold ends.
    #[must_use]
    pub fn priced(self, lines: &[PricedLine], total: Money, deadline: i64) -> Self {
        self.field("lines", json!(lines).to_string())
            .field("amount", total.amount.to_string())
            .field("currency", total.currency.code())
            .field("deadline", deadline.to_string())
    }

    /// The payment at the gateway.
    #[must_use]
    pub fn payment(self, id: &str) -> Self {
        self.field("payment", id)
    }

    /// Why it failed.
    #[must_use]
    pub fn failure(self, refusal: &Refusal) -> Self {
        self.field("failure", json!(refusal).to_string())
    }

    /// An entry in the ledger.
    #[must_use]
    pub fn entry(mut self, kind: &str, amount: Money) -> Self {
        self.entries.extend([kind.to_owned(), amount.amount.to_string(), amount.currency.code().to_owned()]);
        self
    }
}

/// Moves `order` on, where it still stands as the caller saw it. `Err` holds the order as it is now.
pub async fn advance(
    redis: &Redis,
    order: &Order,
    to: State,
    patch: Patch,
    lease: Duration,
) -> Result<Result<Order, Order>, Error> {
    let mut call = fcall("pay1_advance", TAG);
    call.arg(order.id.to_string())
        .arg(order.version)
        .arg(order.state.as_str())
        .arg(to.as_str())
        .arg(millis(lease));
    call.arg(json!(patch.fields).to_string()).arg(json!(patch.entries).to_string());
    let (word, now) = parse(call.query_async(&mut redis.connection()).await.map_err(Error::Write)?)?;
    match (word.as_str(), now) {
        ("advanced", Some(order)) => Ok(Ok(order)),
        ("stale", Some(order)) => Ok(Err(order)),
        (other, _) => {
            Err(Error::Unexpected(format!("{other} on {} to {}", order.state.as_str(), to.as_str())))
        }
    }
}

/// Leases what is due to the caller. An order in a state that this version does not know is left to a newer one.
pub async fn claim(redis: &Redis, limit: usize, lease: Duration) -> Result<Vec<Order>, Error> {
    let rows: Vec<Value> = fcall("pay1_claim", TAG)
        .arg(limit)
        .arg(millis(lease))
        .query_async(&mut redis.connection())
        .await
        .map_err(Error::Write)?;
    let mut orders = Vec::with_capacity(rows.len());
    for row in rows {
        match parse(row) {
            Ok((_, order)) => orders.extend(order),
            Err(error) => {
                tracing::error!(%error, "a claimed order is not understood; it is left to a newer version");
            }
        }
    }
    Ok(orders)
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
    parse(answer)?.1.ok_or(Error::NotFound)
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
    let place: Vec<String> = rows
        .next()
        .map(Vec::from_redis_value)
        .transpose()
        .map_err(redis::RedisError::from)?
        .unwrap_or_default();
    let place = place.first().and_then(|id| id.parse().ok());
    let orders = rows.map(|row| parse(row)?.1.ok_or(Error::NotFound)).collect::<Result<_, _>>()?;
    Ok((orders, place))
}

/// How many orders are not final.
pub async fn open(redis: &Redis) -> Result<i64, Error> {
    Ok(redis::cmd("ZCARD").arg(format!("{TAG}:work")).query_async(&mut redis.connection()).await?)
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// A word, and the order where there is one.
fn parse(answer: Value) -> Result<(String, Option<Order>), Error> {
    let mut parts = Vec::<Value>::from_redis_value(answer).map_err(redis::RedisError::from)?.into_iter();
    let word = parts
        .next()
        .map(String::from_redis_value)
        .transpose()
        .map_err(redis::RedisError::from)?
        .unwrap_or_default();
    let fields = parts.next().map(HashMap::from_redis_value).transpose().map_err(redis::RedisError::from)?;
    let order = fields.map(|fields| {
        order(&fields).ok_or_else(|| {
            Error::Unexpected(format!("order {:?} in state {:?}", fields.get("id"), fields.get("status")))
        })
    });
    Ok((word, order.transpose()?))
}

fn order(fields: &HashMap<String, String>) -> Option<Order> {
    let text = |name: &str| fields.get(name).map(String::as_str);
    let priced = match (text("lines"), text("amount"), text("currency")) {
        (Some(lines), Some(amount), Some(currency)) => Some((
            serde_json::from_str(lines).ok()?,
            Money::new(amount.parse().ok()?, currency.parse().ok()?),
        )),
        _ => None,
    };
    let failure = match text("failure") {
        Some(failure) => Some(serde_json::from_str(failure).ok()?),
        None => None,
    };
    Some(Order {
        id: text("id")?.parse().ok()?,
        user: text("user")?.parse().ok()?,
        request: serde_json::from_str(text("request")?).ok()?,
        state: State::parse(text("status")?)?,
        version: text("version")?.parse().ok()?,
        attempts: text("attempts")?.parse().ok()?,
        card: (text("brand")?.to_owned(), text("last4")?.to_owned()),
        priced,
        deadline: text("deadline").and_then(time_of),
        payment: text("payment").map(str::to_owned),
        has_authorization: text("count:authorization").is_some(),
        failure,
        refunded: text("refunded")?.parse().ok()?,
        created_at: time_of(text("created_at")?)?,
        updated_at: time_of(text("updated_at")?)?,
        now: time_of(text("now")?)?,
    })
}
