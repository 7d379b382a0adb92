//! The outbox: mails to ask of the Verification Service, put there by the calls that moved what they tell of.

use std::time::Duration;

use estore_kit::redis::{Redis, fcall};
use redis::Value;

use super::{TAG, millis, parse};
use crate::{
    Error,
    domain::{Order, Refund},
};

/// A mail that this worker may ask for until its lease ends.
#[derive(Debug)]
pub struct Claimed {
    /// Its name, by which the Verification Service tells a repeat.
    pub name: String,
    /// How often it was tried before.
    pub tries: u32,
    /// About which order.
    pub order: Order,
    /// About which of its refunds; `None` for the order itself.
    pub refund: Option<Refund>,
}

/// Claims what is due; other replicas skip it.
pub async fn claim(redis: &Redis, limit: usize, lease: Duration) -> Result<Vec<Claimed>, Error> {
    let rows: Vec<Value> = fcall("pay1_claim_mail", TAG)
        .arg(limit)
        .arg(millis(lease))
        .query_async(&mut redis.connection())
        .await
        .map_err(Error::Write)?;
    rows.into_iter().map(claimed).collect()
}

fn claimed(row: Value) -> Result<Claimed, Error> {
    let mut parts = parse::list(row)?;
    // The name, the tries, then the order and its refund as everywhere.
    let tries = if parts.len() > 1 { parse::text(parts.remove(1))? } else { String::new() };
    let tries = tries.parse().map_err(|_| Error::Unexpected(format!("{tries:?} tries of a mail")))?;
    let mut row = parse::Row::parse(Value::Array(parts))?;
    let refund = row.refunds.pop();
    Ok(Claimed { name: row.word.clone(), tries, refund, order: row.into_order()? })
}

/// The Verification Service has these.
pub async fn done(redis: &Redis, names: &[String]) -> Result<(), Error> {
    if names.is_empty() {
        return Ok(());
    }
    let call = fcall("pay1_mail_done", TAG).arg(names).to_owned();
    call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::Write)?;
    Ok(())
}

/// It does not have it yet: again after `delay`.
pub async fn postpone(redis: &Redis, name: &str, delay: Duration) -> Result<(), Error> {
    let call = fcall("pay1_postpone_mail", TAG).arg(name).arg(millis(delay)).to_owned();
    call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::Write)?;
    Ok(())
}
