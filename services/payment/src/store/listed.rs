//! Orders as clients get them: ready-made if they are final, otherwise from their fields.
//!
//! Lists are read by plain commands, an index and then the views: a text that passes through Lua costs ten times what it costs
//! without (docs/order-flow.md, "What a step costs").

use estore_contract::{OrderId, UserId, payment::OrderStatus};
use estore_kit::{
    epoch::Older,
    redis::{Redis, fcall_ro},
};
use redis::{Value, cmd, pipe};
use serde_json::json;

use super::{TAG, not_older, parse};
use crate::{
    Error,
    domain::{Order, Shown},
};

/// An order for clients.
#[derive(Debug)]
pub enum Listed {
    /// Its id, and its view as it was written when it came to its end.
    Shown(String, String),
    /// Under way, or ended by an earlier version.
    Whole(Box<Order>),
}

impl Listed {
    fn shown<'a>(id: &str, text: &'a str) -> Result<Shown<'a>, Error> {
        Shown::parse(text).ok_or_else(|| Error::Unexpected(format!("view of order {id}")))
    }

    /// The owner.
    pub fn user(&self) -> Result<UserId, Error> {
        match self {
            Self::Shown(id, text) => Ok(Self::shown(id, text)?.user),
            Self::Whole(order) => Ok(order.user),
        }
    }

    /// Appends its JSON.
    pub fn write(&self, out: &mut String) -> Result<(), Error> {
        let unwritten = |error: serde_json::Error| Error::Unexpected(error.to_string());
        match self {
            Self::Shown(id, text) => Self::shown(id, text)?.write(id, out).map_err(unwritten),
            Self::Whole(order) => {
                out.push_str(&serde_json::to_string(&order.view()).map_err(unwritten)?);
                Ok(())
            }
        }
    }
}

/// The orders that a list asks for.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// Orders of this user; of everybody if there is none.
    pub user: Option<UserId>,
    /// Orders of this status.
    pub status: Option<OrderStatus>,
    /// Orders after this one.
    pub after: Option<OrderId>,
}

/// One order, of a store that is not older than `epoch`.
pub async fn read(redis: &Redis, epoch: i64, id: OrderId) -> Result<Listed, Error> {
    let id = id.to_string();
    let mut both = pipe();
    both.get(format!("{TAG}:epoch")).hget(format!("{TAG}:views"), &id);
    let (found, view): (Option<i64>, Option<String>) = both.query_async(&mut redis.connection()).await?;
    is_not_older(found, epoch)?;
    match view {
        Some(view) => Ok(Listed::Shown(id, view)),
        None => whole(redis, vec![id]).await?.pop().flatten().ok_or(Error::NotFound),
    }
}

/// Orders, newest first; the id to go on after.
pub async fn list(
    redis: &Redis,
    epoch: i64,
    wanted: &Wanted,
    limit: usize,
) -> Result<(Vec<Listed>, Option<OrderId>), Error> {
    let (ids, place) = ids(redis, epoch, wanted, limit).await?;
    if ids.is_empty() {
        return Ok((Vec::new(), None));
    }
    let views: Vec<Option<String>> =
        cmd("HMGET").arg(format!("{TAG}:views")).arg(&ids).query_async(&mut redis.connection()).await?;
    let (mut orders, mut without) = (Vec::with_capacity(ids.len()), Vec::new());
    for (id, view) in ids.into_iter().zip(views) {
        if let Some(view) = view {
            orders.push(Some(Listed::Shown(id, view)));
        } else {
            orders.push(None);
            without.push(id);
        }
    }
    let place = place.map(|id| id.parse().map_err(|_| Error::Unexpected(format!("order {id:?} in a list"))));
    let place = place.transpose()?;
    if !without.is_empty() {
        let found = whole(redis, without).await?;
        for (gap, order) in orders.iter_mut().filter(|order| order.is_none()).zip(found) {
            *gap = order;
        }
    }
    // One that was archived meanwhile is gone.
    Ok((orders.into_iter().flatten().collect(), place))
}

/// The ids of a page, and of the last one that was looked at, if there is more.
async fn ids(
    redis: &Redis,
    epoch: i64,
    Wanted { user, status, after }: &Wanted,
    limit: usize,
) -> Result<(Vec<String>, Option<String>), Error> {
    let mut connection = redis.connection();
    let user_or_none = user.map(|user| user.to_string()).unwrap_or_default();
    let after_or_none = after.map(|after| after.to_string()).unwrap_or_default();
    // One more than fits shows that there is a next page.
    let mut ids: Vec<String> = match (status, after) {
        (Some(status), _) => {
            let status = json!(status).as_str().unwrap_or_default().to_owned();
            let mut call = fcall_ro("pay1_order_ids_of_at", TAG);
            call.arg(epoch).arg(user_or_none).arg(status).arg(after_or_none).arg(limit);
            let mut ids = texts(call.query_async(&mut connection).await?, epoch)?;
            let place = if ids.is_empty() { None } else { Some(ids.remove(0)) };
            return Ok((ids, place.filter(|place| !place.is_empty())));
        }
        (None, Some(_)) => {
            let mut call = fcall_ro("pay1_order_ids_at", TAG);
            call.arg(epoch).arg(user_or_none).arg(after_or_none).arg(limit + 1);
            texts(call.query_async(&mut connection).await?, epoch)?
        }
        (None, None) => {
            let index = match user {
                Some(user) => format!("{TAG}:u:{user}:orders"),
                None => format!("{TAG}:orders"),
            };
            let mut both = pipe();
            both.get(format!("{TAG}:epoch"));
            both.cmd("ZRANGE").arg(index).arg(0).arg(limit).arg("REV");
            let (found, ids): (Option<i64>, _) = both.query_async(&mut connection).await?;
            is_not_older(found, epoch)?;
            ids
        }
    };
    let more = ids.len() > limit;
    ids.truncate(limit);
    let place = ids.last().filter(|_| more).cloned();
    Ok((ids, place))
}

/// Orders from their fields: one round trip. Nothing for those that are not there.
async fn whole(redis: &Redis, ids: Vec<String>) -> Result<Vec<Option<Listed>>, Error> {
    let mut ask = pipe();
    for id in ids {
        ask.add_command(fcall_ro("pay1_order", TAG).arg(id).to_owned());
    }
    let answers: Vec<Value> = ask.query_async(&mut redis.connection()).await?;
    let order = |answer| Ok(parse::Row::parse(answer)?.order.map(Box::new).map(Listed::Whole));
    answers.into_iter().map(order).collect()
}

fn texts(answer: Value, epoch: i64) -> Result<Vec<String>, Error> {
    parse::list(not_older(answer, epoch)?)?.into_iter().map(parse::text).collect()
}

/// Refuses a store whose own epoch is less than the shop's.
fn is_not_older(found: Option<i64>, epoch: i64) -> Result<(), Error> {
    let found = found.unwrap_or(0);
    if found < epoch { Err(Older::Restored { found, known: epoch }.into()) } else { Ok(()) }
}
