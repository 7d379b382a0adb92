//! The rows of the report on sales, from the counters of the store.

use std::collections::BTreeMap;

use estore_contract::{
    Currency,
    sales::{MoneySum, ReportPeriod, SalesRow},
};
use time::OffsetDateTime;

/// The maximum number of rows of a report.
pub const MAX_ROWS: usize = 800;

const HOURS: i64 = 24;
const HOUR: i64 = 3600;

/// Returns the number of hours in a row.
fn length(by: ReportPeriod) -> i64 {
    match by {
        ReportPeriod::Hour => 1,
        ReportPeriod::Day => HOURS,
    }
}

/// Returns the hours since 1970 at which the rows of a report begin, in order. The first row has
/// the moment `from`, and no row begins at `to` or later.
#[must_use]
pub fn periods(from: OffsetDateTime, to: OffsetDateTime, by: ReportPeriod) -> Vec<i64> {
    let seconds = length(by) * HOUR;
    let first = from.unix_timestamp().div_euclid(seconds);
    let last = to.unix_timestamp() + i64::from(to.nanosecond() > 0);
    // One more than the maximum shows that there are too many.
    (first..).map(|row| row * length(by)).take_while(|hour| hour * HOUR < last).take(MAX_ROWS + 1).collect()
}

/// Returns the rows that begin at these hours. `days` has the counters of each day, by its number
/// since 1970: `<hour>:<counter>`, or `<hour>:<counter>:<currency>`.
#[must_use]
pub fn rows(
    hours: &[i64],
    by: ReportPeriod,
    days: &BTreeMap<i64, BTreeMap<String, String>>,
) -> Vec<SalesRow> {
    let none = BTreeMap::new();
    let row = |first: &i64| {
        let mut sums = Sums::default();
        let day = days.get(&first.div_euclid(HOURS)).unwrap_or(&none);
        let hours = first.rem_euclid(HOURS)..first.rem_euclid(HOURS) + length(by);
        for (field, value) in day {
            sums.add(field, value, |hour| hours.contains(&hour));
        }
        sums.row(*first)
    };
    hours.iter().map(row).collect()
}

/// The sums of a row.
#[derive(Default)]
struct Sums {
    counts: BTreeMap<String, i64>,
    revenue: BTreeMap<Currency, i64>,
    refunds: BTreeMap<Currency, i64>,
}

impl Sums {
    /// Adds a counter of one of the hours. Ignores counters that a newer version keeps.
    fn add(&mut self, field: &str, value: &str, is_meant: impl Fn(i64) -> bool) {
        let mut parts = field.splitn(3, ':');
        let hour = parts.next().and_then(|hour| hour.parse().ok()).filter(|hour| is_meant(*hour));
        let (Some(_), Some(name), Ok(value)) = (hour, parts.next(), value.parse::<i64>()) else { return };
        match (name, parts.next().map(str::parse::<Currency>)) {
            ("revenue", Some(Ok(currency))) => *self.revenue.entry(currency).or_default() += value,
            ("refunds", Some(Ok(currency))) => *self.refunds.entry(currency).or_default() += value,
            (name, _) => *self.counts.entry(name.to_owned()).or_default() += value,
        }
    }

    fn row(self, hour: i64) -> SalesRow {
        let count = |name: &str| self.counts.get(name).copied().unwrap_or(0);
        let money = |sums: &BTreeMap<Currency, i64>| {
            sums.iter().map(|(currency, amount)| MoneySum { amount: *amount, currency: *currency }).collect()
        };
        SalesRow {
            at: OffsetDateTime::from_unix_timestamp(hour * HOUR).unwrap_or(OffsetDateTime::UNIX_EPOCH),
            orders: count("orders"),
            completed: count("completed"),
            declined: count("declined"),
            cancelled: count("cancelled"),
            revenue: money(&self.revenue),
            refunds: money(&self.refunds),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn usd(amount: i64) -> MoneySum {
        MoneySum { amount, currency: "USD".parse().unwrap() }
    }

    #[test]
    fn report_has_a_row_for_each_period() {
        let day = 24 * (datetime!(2026-01-02 0:00 UTC).unix_timestamp() / 86_400);
        let of = |from, to, by| periods(from, to, by).into_iter().map(|hour| hour - day).collect::<Vec<_>>();
        let (from, to) = (datetime!(2026-01-02 03:59:59 UTC), datetime!(2026-01-02 06:00:00 UTC));
        assert_eq!(of(from, to, ReportPeriod::Hour), [3, 4, 5]);
        assert_eq!(of(from, to + time::Duration::nanoseconds(1), ReportPeriod::Hour), [3, 4, 5, 6]);
        assert_eq!(of(from, to, ReportPeriod::Day), [0]);
        assert_eq!(of(from, datetime!(2026-01-04 00:00 UTC), ReportPeriod::Day), [0, 24]);
        // The day begins in UTC, wherever the client is.
        assert_eq!(of(datetime!(2026-01-02 01:00 +2), to, ReportPeriod::Day), [-24, 0]);
        assert_eq!(of(to, from, ReportPeriod::Day), [0]);
        assert_eq!(of(to, from, ReportPeriod::Hour), [0_i64; 0]);
        let all = periods(datetime!(0000-01-01 0:00 UTC), datetime!(9999-01-01 0:00 UTC), ReportPeriod::Hour);
        assert_eq!(all.len(), MAX_ROWS + 1);
    }

    #[test]
    fn rows_add_up_the_counters_of_their_hours() {
        let counters = [
            ("0:orders", "1"),
            ("5:orders", "2"),
            ("5:completed", "1"),
            ("5:declined", "3"),
            ("23:cancelled", "4"),
            ("5:revenue:USD", "1000"),
            ("23:revenue:USD", "1"),
            ("5:revenue:EUR", "7"),
            ("23:refunds:USD", "9"),
            ("5:shipped", "1"),
            ("5:revenue:?", "1"),
            ("x:orders", "1"),
            ("5:completed:x", "x"),
        ];
        let counters = counters.map(|(field, value)| (field.to_owned(), value.to_owned()));
        let days = BTreeMap::from([(10, BTreeMap::from(counters))]);
        let day = rows(&[240, 264], ReportPeriod::Day, &days);
        assert_eq!((day[0].orders, day[0].completed, day[0].declined, day[0].cancelled), (3, 1, 3, 4));
        let eur = MoneySum { amount: 7, currency: "EUR".parse().unwrap() };
        assert_eq!((&day[0].revenue, &day[0].refunds), (&vec![eur, usd(1001)], &vec![usd(9)]));
        assert_eq!((day[1].orders, day[1].revenue.len(), day[1].at.unix_timestamp()), (0, 0, 11 * 86_400));
        let hours = rows(&[245, 246, 263], ReportPeriod::Hour, &days);
        assert_eq!((hours[0].orders, &hours[0].revenue), (2, &vec![eur, usd(1000)]));
        assert_eq!(hours[1].orders + hours[1].completed, 0);
        assert_eq!((hours[2].cancelled, &hours[2].refunds), (4, &vec![usd(9)]));
    }
}
