//! The survey of all stock, for operators.

use estore_stores::redis::{Redis, fcall_ro};
use time::Duration;

use super::TAG;
use crate::Error;

/// The number of products that one call inspects: less than a millisecond's work.
const SLICE: usize = 100;
/// The most holds that one call inspects. If there are more, this survey does not compare them with
/// the stock.
const MOST_HOLDS: usize = 200;

/// The stock as found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Survey {
    /// The units that are available.
    pub available: i64,
    /// The units that are held.
    pub reserved: i64,
    /// Products with an available unit.
    pub in_stock: i64,
    /// Products without an available unit.
    pub sold_out: i64,
    /// Products that break equation 1.
    pub out_of_bounds: i64,
    /// The number of holds.
    pub holds: i64,
    /// The time since the earliest deadline of a hold, if it is past.
    pub overdue: Duration,
    /// Products that break equation 2, or `None` if there were too many holds to compare.
    pub not_held: Option<i64>,
}

/// Inspects all products and holds.
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
