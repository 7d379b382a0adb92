//! The outbox of emails to request from the Verification Service. The calls that move orders and
//! refunds fill it.

use std::time::Duration;

use estore_stores::redis::{Redis, fcall};
use redis::Value;

use super::{TAG, millis, parse};
use crate::{
    Error,
    domain::{Order, Refund},
};

/// An email that this worker may request until its lease ends.
#[derive(Debug)]
pub struct Claimed {
    /// The email's name, by which the Verification Service recognises a repeat.
    pub name: String,
    /// The number of earlier attempts.
    pub tries: u32,
    /// The order that the email is about.
    pub order: Order,
    /// The refund that the email is about; `None` for the order itself.
    pub refund: Option<Refund>,
}

/// Claims due emails; other replicas skip them.
pub async fn claim(redis: &Redis, limit: usize, lease: Duration) -> Result<Vec<Claimed>, Error> {
    let rows: Vec<Value> = fcall("pay1_claim_mail", TAG)
        .arg(limit)
        .arg(millis(lease))
        .query_async(&mut redis.connection())
        .await
        .map_err(Error::OutcomeUnknown)?;
    rows.into_iter().map(claimed).collect()
}

fn claimed(row: Value) -> Result<Claimed, Error> {
    let mut parts = parse::list(row)?;
    // The name and the tries, then the order and its refund as in every answer.
    let tries = if parts.len() > 1 { parse::text(parts.remove(1))? } else { String::new() };
    let tries = tries.parse().map_err(|_| Error::Unexpected(format!("{tries:?} tries of an email")))?;
    let mut row = parse::Row::parse(Value::Array(parts))?;
    let refund = row.refunds.pop();
    Ok(Claimed { name: row.word.clone(), tries, refund, order: row.into_order()? })
}

/// Records that the Verification Service has accepted these emails.
pub async fn done(redis: &Redis, names: &[&str]) -> Result<(), Error> {
    let call = fcall("pay1_mail_done", TAG).arg(names).to_owned();
    call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    Ok(())
}

/// Postpones an email that the Verification Service has not accepted by `delay`.
pub async fn postpone(redis: &Redis, name: &str, delay: Duration) -> Result<(), Error> {
    let call = fcall("pay1_postpone_mail", TAG).arg(name).arg(millis(delay)).to_owned();
    call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    Ok(())
}
