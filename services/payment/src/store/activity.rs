//! The orders that changed last, for anybody who looks.
//!
//! An index by the last change would cost each step a write. Instead, this reads the newest orders
//! and the oldest that are open, by the indexes that are there, and sorts them. So a refund of an
//! older order does not show.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use estore_contract::{Money, OrderId, activity::OrderActivity, payment::OrderStatus};
use estore_server::Problem;
use estore_stores::redis::Redis;
use estore_telemetry::trace::TraceContext;
use moka::future::Cache;
use redis::{ParsingError, Value, from_redis_value, pipe};

use super::{
    TAG,
    details::{log_key, parse},
    listed::{is_not_stale, orders},
};
use crate::{
    Error,
    domain::{State, timeline},
};

/// The most orders of each index, and of the answer.
const MOST: usize = 50;
/// The time for which one answer serves everybody.
const KEPT: Duration = Duration::from_secs(1);

/// The fields of an order that its activity shows: state, time of the last change, total in minor
/// units, currency, and `traceparent`. An order that was archived meanwhile has none.
type Kept = (Option<String>, Option<String>, Option<String>, Option<String>, Option<String>);
const FIELDS: [&str; 5] = ["status", "updated_at", "amount", "currency", "trace"];

/// The orders that changed last, as they were up to a second ago. However many callers ask, one
/// read in a second answers them.
pub struct Latest(Cache<i64, Arc<Vec<OrderActivity>>>);

impl Default for Latest {
    fn default() -> Self {
        Self(Cache::builder().max_capacity(1).time_to_live(KEPT).build())
    }
}

impl Latest {
    /// Returns the orders as [`latest`] does. Another epoch is another question.
    pub async fn read(&self, redis: &Redis, epoch: i64) -> Result<Arc<Vec<OrderActivity>>, Problem> {
        let read = async { Ok(Arc::new(latest(redis, epoch).await?)) };
        self.0.try_get_with(epoch, read).await.map_err(|problem: Arc<Problem>| Problem::clone(&problem))
    }
}

/// Returns the orders that changed last, the latest first, from a store that is not older than
/// `epoch`. It takes two round trips, and no order waits for it.
pub async fn latest(redis: &Redis, epoch: i64) -> Result<Vec<OrderActivity>, Error> {
    let ids = ids(redis, epoch).await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = pipe();
    let names: Vec<String> = ids.iter().map(OrderId::to_string).collect();
    all.cmd("HMGET").arg(format!("{TAG}:views")).arg(&names);
    for (id, name) in ids.iter().zip(&names) {
        all.cmd("HMGET").arg(format!("{TAG}:o:{name}")).arg(&FIELDS);
        all.lrange(log_key(*id), 0, -1);
    }
    let answers: Vec<Value> = all.query_async(&mut redis.connection()).await?;
    let mut answers = answers.into_iter();
    let views: Vec<Option<String>> = read(answers.next())?;
    let mut found = Vec::with_capacity(ids.len());
    for (id, view) in ids.into_iter().zip(views) {
        let (kept, log): (Kept, Vec<String>) = (read(answers.next())?, read(answers.next())?);
        found.extend(activity(id, view.as_deref(), &kept, &log)?);
    }
    found.sort_by_key(|(changed, _)| std::cmp::Reverse(*changed));
    Ok(found.into_iter().map(|(_, activity)| activity).take(MOST).collect())
}

/// Returns the newest orders, and the oldest ones that are open.
async fn ids(redis: &Redis, epoch: i64) -> Result<Vec<OrderId>, Error> {
    let mut both = pipe();
    both.get(format!("{TAG}:epoch"));
    both.cmd("ZRANGE").arg(format!("{TAG}:orders")).arg(0).arg(MOST - 1).arg("REV");
    both.cmd("ZRANGE").arg(format!("{TAG}:open")).arg(0).arg(MOST - 1);
    let (found, newest, open): (Option<i64>, Vec<String>, Vec<String>) =
        both.query_async(&mut redis.connection()).await?;
    is_not_stale(found, epoch)?;
    orders(newest.into_iter().chain(open).collect::<BTreeSet<String>>())
}

fn read<T: redis::FromRedisValue>(answer: Option<Value>) -> Result<T, Error> {
    let unexpected = |error: ParsingError| Error::Unexpected(error.to_string());
    from_redis_value(answer.unwrap_or(Value::Nil)).map_err(unexpected)
}

/// Returns an order with the time of its last change in ms. Returns nothing for an order that was
/// archived meanwhile, and for one in a state of a newer version.
fn activity(
    id: OrderId,
    view: Option<&str>,
    (state, changed, amount, currency, trace): &Kept,
    log: &[String],
) -> Result<Option<(i64, OrderActivity)>, Error> {
    let timeline = timeline(&parse(id, log)?);
    let state = state.as_deref().and_then(State::parse);
    let (Some(state), Some(changed), Some(last)) = (state, changed, timeline.last()) else { return Ok(None) };
    let unexpected = || Error::Unexpected(format!("fields of order {id}"));
    let changed: i64 = changed.parse().map_err(|_| unexpected())?;
    let total = match (amount, currency) {
        (Some(amount), Some(currency)) => {
            let currency = currency.parse().map_err(|_| unexpected())?;
            Some(Money::new(amount.parse().map_err(|_| unexpected())?, currency))
        }
        _ => None,
    };
    let order = OrderActivity {
        order_id: id,
        number: id.number(),
        status: status(view, state).ok_or_else(unexpected)?,
        state: last.state,
        total,
        trace_id: trace.as_deref().and_then(TraceContext::parse).map(|trace| trace.trace_id()),
        timeline,
    };
    Ok(Some((changed, order)))
}

/// Returns the status that clients see. The view of a final order begins with it. Orders that
/// versions before 7 ended have no view, and show without their refunds.
fn status(view: Option<&str>, state: State) -> Option<OrderStatus> {
    match (view, state) {
        (Some(view), _) => view.split(' ').next()?.parse().ok(),
        (None, State::Completed) => Some(OrderStatus::Completed),
        (None, State::Cancelled) => Some(OrderStatus::Cancelled),
        (None, _) => Some(OrderStatus::Pending),
    }
}
