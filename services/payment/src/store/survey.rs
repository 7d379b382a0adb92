//! Counts open orders, refunds and emails for operators.

use std::{collections::BTreeMap, time::Duration};

use estore_stores::redis::{Redis, fcall_ro, time_of};
use estore_telemetry::metrics::Waiting;
use time::OffsetDateTime;

use super::TAG;
use crate::Error;

/// The maximum number of open orders to examine. The server serves nobody else meanwhile.
const MOST: usize = 1_000;

/// The result of a survey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Orders that are not final, by state; `other` if there are more than can be examined.
    pub open: BTreeMap<String, i64>,
    /// The age of the oldest of them.
    pub oldest: Duration,
    /// Refunds in progress.
    pub refunds: i64,
    /// The age of the oldest of them.
    pub oldest_refund: Duration,
    /// Emails that were not requested from the Verification Service yet.
    pub mails: Waiting,
    /// The store's time.
    pub now: OffsetDateTime,
}

/// Examines all open work.
pub async fn survey(redis: &Redis) -> Result<Survey, Error> {
    let rows = async |name| -> Result<Vec<String>, Error> {
        Ok(fcall_ro(name, TAG).arg(MOST).query_async(&mut redis.connection()).await?)
    };
    let (row, refund) = (rows("pay1_survey").await?, rows("pay1_oldest_refund").await?);
    read(&row, &refund).ok_or_else(|| Error::Unexpected("pay1_survey".to_owned()))
}

/// Returns the age of what was created at `since`, or 0 if there is none.
fn age(now: i64, since: &str) -> Option<Duration> {
    let age = if since.is_empty() { 0 } else { now - since.parse::<i64>().ok()? };
    Some(Duration::from_millis(u64::try_from(age).unwrap_or(0)))
}

fn read(row: &[String], refund: &[String]) -> Option<Survey> {
    let ([now, oldest, refunds, mails, waiting, all], states) = row.split_first_chunk()?;
    let now: i64 = now.parse().ok()?;
    let mut open = BTreeMap::new();
    for pair in states.chunks_exact(2) {
        let [state, count] = pair else { return None };
        open.insert(state.clone(), count.parse().ok()?);
    }
    let seen: i64 = open.values().sum();
    open.insert("other".to_owned(), all.parse::<i64>().ok()? - seen);
    let [refund_now, oldest_refund] = refund else { return None };
    let waiting = if waiting.is_empty() { None } else { Some(time_of(waiting)?) };
    Some(Survey {
        open,
        oldest: age(now, oldest)?,
        refunds: refunds.parse().ok()?,
        oldest_refund: age(refund_now.parse().ok()?, oldest_refund)?,
        mails: Waiting { depth: mails.parse().ok()?, oldest: waiting },
        now: time_of(&now.to_string())?,
    })
}
