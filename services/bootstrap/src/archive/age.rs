//! An age: `400d`, or seconds.

use std::{str::FromStr, time::Duration};

/// A time span in the form of settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Age(pub(super) Duration);

const DAY: u64 = 24 * 60 * 60;

impl FromStr for Age {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (number, unit) = text.strip_suffix('d').map_or((text, 1), |days| (days, DAY));
        let seconds = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
        seconds.map(|seconds| Self(Duration::from_secs(seconds))).ok_or("must be days, as 400d, or seconds")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn age_parses_days_or_seconds() {
        assert_eq!("400d".parse(), Ok(Age(Duration::from_secs(400 * DAY))));
        assert_eq!("90".parse(), Ok(Age(Duration::from_secs(90))));
        for wrong in ["", "d", "-1d", "1.5d", "400 days", "18446744073709551615d"] {
            assert!(wrong.parse::<Age>().is_err(), "{wrong}");
        }
    }
}
