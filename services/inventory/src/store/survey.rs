//! What operators watch of stock.

use estore_kit::redis::{Redis, fcall_ro};
use time::Duration;

use super::TAG;
use crate::Error;

/// How many products are looked at in one call: less than a millisecond's work.
const SLICE: usize = 100;
/// How many holds, likewise. If there are more, they are not compared with the stock this time.
const MOST_HOLDS: usize = 200;

/// Stock as it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Survey {
    /// Pieces that are free.
    pub available: i64,
    /// Pieces that are held.
    pub reserved: i64,
    /// Products with a free piece.
    pub in_stock: i64,
    /// Products without.
    pub sold_out: i64,
    /// Products that break equation 1.
    pub out_of_bounds: i64,
    /// Holds.
    pub holds: i64,
    /// By how much the first of them is past its deadline.
    pub overdue: Duration,
    /// Products that break equation 2; `None` where there were too many holds to tell.
    pub not_held: Option<i64>,
}

/// Looks at all of it.
pub async fn survey(redis: &Redis) -> Result<Survey, Error> {
    let (mut found, mut busy, mut place) = (Survey::default(), Vec::<String>::new(), "0".to_owned());
    while !place.is_empty() {
        let mut call = fcall_ro("inv1_survey", TAG);
        call.arg(&place).arg(SLICE);
        let (next, available, reserved, in_stock, sold_out, broken, skus): Slice =
            call.query_async(&mut redis.connection()).await?;
        found.available += available;
        found.reserved += reserved;
        found.in_stock += in_stock;
        found.sold_out += sold_out;
        found.out_of_bounds += broken;
        busy.extend(skus);
        place = next;
    }
    let mut call = fcall_ro("inv1_held", TAG);
    call.arg(MOST_HOLDS).arg(busy);
    let (holds, overdue, broken): (i64, i64, String) = call.query_async(&mut redis.connection()).await?;
    Ok(Survey { holds, overdue: Duration::milliseconds(overdue), not_held: broken.parse().ok(), ..found })
}

type Slice = (String, i64, i64, i64, i64, i64, Vec<String>);
