//! What operators watch of orders.

use std::{collections::BTreeMap, time::Duration};

use estore_kit::{
    metrics::Waiting,
    redis::{Redis, fcall_ro},
};
use time::OffsetDateTime;

use super::{TAG, time_of};
use crate::Error;

/// How many open orders are looked at: the server serves nobody else meanwhile.
const MOST: usize = 1_000;

/// Orders as they were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Orders that are not final, by state; `other` where there are more than can be looked at.
    pub open: BTreeMap<String, i64>,
    /// How long the oldest of them is under way.
    pub oldest: Duration,
    /// Refunds under way.
    pub refunds: i64,
    /// Mails that the Verification Service was not asked for yet.
    pub mails: Waiting,
    /// The store's time.
    pub now: OffsetDateTime,
}

/// Looks at all of it: one round trip.
pub async fn survey(redis: &Redis) -> Result<Survey, Error> {
    let mut call = fcall_ro("pay1_survey", TAG);
    let row: Vec<String> = call.arg(MOST).query_async(&mut redis.connection()).await?;
    read(&row).ok_or_else(|| Error::Unexpected("pay1_survey".to_owned()))
}

fn read(row: &[String]) -> Option<Survey> {
    let ([now, oldest, refunds, mails, waiting, all], states) = row.split_first_chunk()?;
    let now: i64 = now.parse().ok()?;
    let mut open = BTreeMap::new();
    for pair in states.chunks_exact(2) {
        let [state, count] = pair else { return None };
        open.insert(state.clone(), count.parse().ok()?);
    }
    let seen: i64 = open.values().sum();
    open.insert("other".to_owned(), all.parse::<i64>().ok()? - seen);
    let oldest = oldest.parse::<i64>().map_or(0, |oldest| now - oldest);
    Some(Survey {
        open,
        oldest: Duration::from_millis(u64::try_from(oldest).unwrap_or(0)),
        refunds: refunds.parse().ok()?,
        mails: Waiting { depth: mails.parse().ok()?, oldest: time_of(waiting) },
        now: time_of(&now.to_string())?,
    })
}
