//! The end of a card. Payment refuses an expired card, and the storefront marks it.

use time::{OffsetDateTime, UtcOffset, macros::offset};

/// The last time zone in which a month ends: UTC−12.
const LAST: UtcOffset = offset!(-12);

/// Returns true if a card that is good through `month` of `year` has expired at `now` in every time
/// zone.
#[must_use]
pub fn expires_before(now: OffsetDateTime, month: u8, year: u16) -> bool {
    let now = now.to_offset(LAST);
    (i32::from(year), month) < (now.year(), u8::from(now.month()))
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn card_ends_when_its_month_ended_everywhere() {
        for last in [datetime!(2026-11-30 23:59:59 UTC), datetime!(2026-12-01 11:59:59 UTC)] {
            assert!(!expires_before(last, 11, 2026) && !expires_before(last, 1, 2027));
            assert!(expires_before(last, 10, 2026) && expires_before(last, 12, 2025));
        }
        assert!(expires_before(datetime!(2026-12-01 12:00 UTC), 11, 2026));
        assert!(!expires_before(datetime!(2027-01-01 11:59:59 UTC), 12, 2026));
        assert!(expires_before(datetime!(2027-01-01 12:00 UTC), 12, 2026));
    }
}
