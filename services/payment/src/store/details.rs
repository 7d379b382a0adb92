//! One order with the log of its transitions.

use estore_contract::OrderId;
use estore_stores::redis::{Redis, fcall_ro};
use redis::{Value, cmd, pipe};

use super::{
    TAG,
    listed::{Listed, is_not_stale},
    parse::Row,
};
use crate::{
    Error,
    domain::{LogLine, timeline},
};

/// An order with the log of its transitions.
#[derive(Debug)]
pub struct Details {
    /// The order.
    pub order: Listed,
    /// The transitions that led to this state, oldest first.
    log: Vec<LogLine>,
}

impl Details {
    /// Returns the order's version.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.log.last().map_or(0, |line| line.version)
    }

    /// Returns true if the order is final.
    #[must_use]
    pub fn is_final(&self) -> bool {
        match &self.order {
            Listed::Shown(..) => true,
            Listed::Whole(order) => order.state.is_final(),
        }
    }

    /// Returns the order's JSON with its owner and its timeline.
    pub fn json(&self) -> Result<String, Error> {
        let mut json = String::with_capacity(1536);
        self.order.write(&mut json)?;
        let timeline = serde_json::to_string(&timeline(&self.log));
        let timeline = timeline.map_err(|error| Error::Unexpected(error.to_string()))?;
        // The order is an object with other fields.
        json.pop();
        json.push_str(",\"user_id\":\"");
        json.push_str(&self.order.user()?.to_string());
        json.push_str("\",\"timeline\":");
        json.push_str(&timeline);
        json.push('}');
        Ok(json)
    }
}

pub(super) fn log_key(id: OrderId) -> String {
    format!("{TAG}:o:{id}:log")
}

/// Reads an order from a store that is not older than `epoch`.
pub async fn read(redis: &Redis, epoch: i64, id: OrderId) -> Result<Details, Error> {
    let mut all = pipe();
    all.get(format!("{TAG}:epoch")).hget(format!("{TAG}:views"), id.to_string());
    all.lrange(log_key(id), 0, -1);
    let (found, view, log): (Option<i64>, Option<String>, Vec<String>) =
        all.query_async(&mut redis.connection()).await?;
    is_not_stale(found, epoch)?;
    if let Some(view) = view {
        return Ok(Details { order: Listed::Shown(id, view), log: parse(id, &log)? });
    }
    let mut both = pipe();
    both.add_command(fcall_ro("pay1_order", TAG).arg(id.to_string()).to_owned()).lrange(log_key(id), 0, -1);
    let (row, log): (Value, Vec<String>) = both.query_async(&mut redis.connection()).await?;
    let order = Row::parse(row)?.order.ok_or(Error::NotFound)?;
    // The log was read after the order, and may have gone on.
    let mut log = parse(id, &log)?;
    log.retain(|line| line.version <= order.version);
    Ok(Details { order: Listed::Whole(Box::new(order)), log })
}

/// Returns the order's current version, or `None` if there is no such order.
pub async fn version(redis: &Redis, id: OrderId) -> Result<Option<u64>, Error> {
    let last: Vec<String> =
        cmd("LRANGE").arg(log_key(id)).arg(-1).arg(-1).query_async(&mut redis.connection()).await?;
    Ok(parse(id, &last)?.pop().map(|line| line.version))
}

pub(super) fn parse(id: OrderId, log: &[String]) -> Result<Vec<LogLine>, Error> {
    let parse = |line: &String| {
        LogLine::parse(line).ok_or_else(|| Error::Unexpected(format!("{line:?} in the log of order {id}")))
    };
    log.iter().map(parse).collect()
}
