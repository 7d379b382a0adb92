//! Orders as clients get them: ready-made if they are final, otherwise from their fields.
//!
//! Plain commands read a list: first an index, then the views. A text that passes through Lua costs
//! ten times as much (docs/order-flow.md, "What a step costs").

use estore_contract::{OrderId, Sku, UserId, payment::OrderStatus};
use estore_server::epoch::StaleStore;
use estore_stores::redis::{Redis, fcall_ro};
use redis::{Value, cmd, pipe};
use time::OffsetDateTime;

use super::{TAG, not_stale, parse};
use crate::{
    Error,
    domain::{Order, Shown},
};

/// An order for clients.
#[derive(Debug)]
pub enum Listed {
    /// The order's id, and its view as written when it ended.
    Shown(OrderId, String),
    /// In progress, or ended by an earlier version.
    Whole(Box<Order>),
}

impl Listed {
    fn shown(id: OrderId, text: &str) -> Result<Shown<'_>, Error> {
        Shown::parse(text).ok_or_else(|| Error::Unexpected(format!("view of order {id}")))
    }

    /// Returns the order's id.
    #[must_use]
    pub fn id(&self) -> OrderId {
        match self {
            Self::Shown(id, _) => *id,
            Self::Whole(order) => order.id,
        }
    }

    /// Returns the order's owner.
    pub fn user(&self) -> Result<UserId, Error> {
        match self {
            Self::Shown(id, text) => Ok(Self::shown(*id, text)?.user),
            Self::Whole(order) => Ok(order.user),
        }
    }

    /// Appends the order's JSON.
    pub fn write(&self, out: &mut String) -> Result<(), Error> {
        let unwritten = |error: serde_json::Error| Error::Unexpected(error.to_string());
        match self {
            Self::Shown(id, text) => Self::shown(*id, text)?.write(*id, out).map_err(unwritten),
            Self::Whole(order) => {
                out.push_str(&serde_json::to_string(&order.view()).map_err(unwritten)?);
                Ok(())
            }
        }
    }
}

/// The filter of a list.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// Only orders of this user; `None` for all users.
    pub user: Option<UserId>,
    /// Only orders with this status.
    pub status: Option<OrderStatus>,
    /// Only orders with a line of this SKU.
    pub sku: Option<Sku>,
    /// Only orders created then or later.
    pub from: Option<OffsetDateTime>,
    /// Only orders created before then.
    pub to: Option<OffsetDateTime>,
    /// Only orders after this one.
    pub after: Option<OrderId>,
}

impl Wanted {
    /// Returns true if only a function can find these orders.
    #[must_use]
    pub fn is_search(&self) -> bool {
        self.status.is_some() || self.sku.is_some() || self.from.is_some() || self.to.is_some()
    }
}

/// Lists orders, newest first, with the id after which to go on.
pub async fn list(
    redis: &Redis,
    epoch: i64,
    wanted: &Wanted,
    limit: usize,
) -> Result<(Vec<Listed>, Option<OrderId>), Error> {
    let (ids, place) = ids(redis, epoch, wanted, limit).await?;
    Ok((shown(redis, ids).await?, place))
}

/// Reads these orders, in this order. Leaves out those that are missing.
pub async fn shown(redis: &Redis, ids: Vec<OrderId>) -> Result<Vec<Listed>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let names: Vec<String> = ids.iter().map(OrderId::to_string).collect();
    let views: Vec<Option<String>> =
        cmd("HMGET").arg(format!("{TAG}:views")).arg(&names).query_async(&mut redis.connection()).await?;
    let (mut orders, mut without) = (Vec::with_capacity(ids.len()), Vec::new());
    for (id, view) in ids.into_iter().zip(views) {
        if let Some(view) = view {
            orders.push(Some(Listed::Shown(id, view)));
        } else {
            orders.push(None);
            without.push(id);
        }
    }
    if !without.is_empty() {
        let found = whole(redis, without).await?;
        for (gap, order) in orders.iter_mut().filter(|order| order.is_none()).zip(found) {
            *gap = order;
        }
    }
    // An order that was archived meanwhile is missing.
    Ok(orders.into_iter().flatten().collect())
}

/// Returns the ids of a page, and the last id that was examined if there is more.
async fn ids(
    redis: &Redis,
    epoch: i64,
    wanted: &Wanted,
    limit: usize,
) -> Result<(Vec<OrderId>, Option<OrderId>), Error> {
    let mut connection = redis.connection();
    let user = wanted.user.map(|user| user.to_string()).unwrap_or_default();
    let after = wanted.after.map(|after| after.to_string()).unwrap_or_default();
    if wanted.is_search() {
        let millis = |at: Option<OffsetDateTime>| at.map(millis_since_1970).unwrap_or_default();
        let mut call = fcall_ro("pay1_search_at", TAG);
        call.arg(epoch).arg(user).arg(wanted.status.map(OrderStatus::as_str).unwrap_or_default());
        call.arg(wanted.sku.as_ref().map(Sku::as_str).unwrap_or_default());
        call.arg(millis(wanted.from)).arg(millis(wanted.to)).arg(after).arg(limit);
        let mut found = texts(call.query_async(&mut connection).await?, epoch)?.into_iter();
        let place = found.next().filter(|place| !place.is_empty()).map(|place| order(&place)).transpose()?;
        return Ok((orders(found)?, place));
    }
    // One more than the limit shows that there is a next page.
    let ids: Vec<String> = if wanted.after.is_some() {
        let mut call = fcall_ro("pay1_order_ids_at", TAG);
        call.arg(epoch).arg(user).arg(after).arg(limit + 1);
        texts(call.query_async(&mut connection).await?, epoch)?
    } else {
        let index = if user.is_empty() { format!("{TAG}:orders") } else { format!("{TAG}:u:{user}:orders") };
        let mut both = pipe();
        both.get(format!("{TAG}:epoch"));
        both.cmd("ZRANGE").arg(index).arg(0).arg(limit).arg("REV");
        let (found, ids): (Option<i64>, _) = both.query_async(&mut connection).await?;
        is_not_stale(found, epoch)?;
        ids
    };
    let mut ids = orders(ids)?;
    let more = ids.len() > limit;
    ids.truncate(limit);
    let place = ids.last().filter(|_| more).copied();
    Ok((ids, place))
}

/// Returns the time in ms since 1970, rounded up: orders are created at a whole millisecond.
fn millis_since_1970(at: OffsetDateTime) -> String {
    let nanos = at.unix_timestamp_nanos();
    (nanos.div_euclid(1_000_000) + i128::from(nanos.rem_euclid(1_000_000) > 0)).to_string()
}

fn order(id: &str) -> Result<OrderId, Error> {
    id.parse().map_err(|_| Error::Unexpected(format!("order {id:?} in a list")))
}

pub(super) fn orders(ids: impl IntoIterator<Item = String>) -> Result<Vec<OrderId>, Error> {
    ids.into_iter().map(|id| order(&id)).collect()
}

/// Reads orders from their fields in one round trip. Returns nothing for missing orders.
async fn whole(redis: &Redis, ids: Vec<OrderId>) -> Result<Vec<Option<Listed>>, Error> {
    let mut ask = pipe();
    for id in ids {
        ask.add_command(fcall_ro("pay1_order", TAG).arg(id.to_string()).to_owned());
    }
    let answers: Vec<Value> = ask.query_async(&mut redis.connection()).await?;
    let order = |answer| Ok(parse::Row::parse(answer)?.order.map(Box::new).map(Listed::Whole));
    answers.into_iter().map(order).collect()
}

pub(super) fn texts(answer: Value, epoch: i64) -> Result<Vec<String>, Error> {
    parse::list(not_stale(answer, epoch)?)?.into_iter().map(parse::text).collect()
}

/// Rejects a store whose own epoch is less than the shop's.
pub(super) fn is_not_stale(found: Option<i64>, epoch: i64) -> Result<(), Error> {
    let found = found.unwrap_or(0);
    if found < epoch { Err(StaleStore::Restored { found, known: epoch }.into()) } else { Ok(()) }
}
