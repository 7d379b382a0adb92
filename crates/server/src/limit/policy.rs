//! The capacity and the refill rate of a bucket.

use std::{fmt, str::FromStr, time::Duration};

/// The longest time in which a bucket may fill. Sums of longer times would not stay exact in Redis.
const LONGEST: Duration = Duration::from_hours(30 * 24);

/// The number of requests at once, and the rate at which they return. `10/1per30` means ten, and
/// one more every 30 s.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy {
    burst: u32,
    count: u32,
    seconds: u32,
}

/// The error for an invalid policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPolicy {
    /// The text does not have the required form.
    #[error("must be <at once>/<count>per<seconds>, whole numbers from 1 to 1000000")]
    Form,
    /// The bucket takes too long to fill.
    #[error("must be full again within 30 days")]
    TooSlow,
}

impl Policy {
    /// Returns the number of requests at once.
    #[must_use]
    pub const fn burst(self) -> u32 {
        self.burst
    }

    /// Returns the time in which one cell accrues, at least a microsecond.
    pub(super) fn interval(self) -> Duration {
        let micros = u64::from(self.seconds) * 1_000_000 / u64::from(self.count);
        Duration::from_micros(micros.max(1))
    }

    /// Returns the time in which an empty bucket fills.
    pub(super) fn window(self) -> Duration {
        self.interval() * self.burst
    }

    /// Returns the number of whole cells in `room`.
    pub(super) fn cells(self, room: Duration) -> u32 {
        u32::try_from(room.as_micros() / self.interval().as_micros().max(1)).unwrap_or(u32::MAX)
    }
}

impl FromStr for Policy {
    type Err = InvalidPolicy;

    fn from_str(text: &str) -> Result<Self, InvalidPolicy> {
        let number = |text: &str| {
            let plain = text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse().ok().filter(|number| plain && (1..=1_000_000).contains(number))
        };
        let parts = text.split_once('/').and_then(|(burst, rate)| Some((burst, rate.split_once("per")?)));
        let (burst, (count, seconds)) = parts.ok_or(InvalidPolicy::Form)?;
        let (Some(burst), Some(count), Some(seconds)) = (number(burst), number(count), number(seconds))
        else {
            return Err(InvalidPolicy::Form);
        };
        let policy = Self { burst, count, seconds };
        if policy.window() > LONGEST { Err(InvalidPolicy::TooSlow) } else { Ok(policy) }
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}per{}", self.burst, self.count, self.seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policy_survives_the_round_trip() {
        let policy: Policy = "10/1per30".parse().unwrap();
        assert_eq!((policy.burst(), policy.interval()), (10, Duration::from_secs(30)));
        assert_eq!(policy.to_string(), "10/1per30");
        assert_eq!("300/100per1".parse::<Policy>().unwrap().interval(), Duration::from_millis(10));
        assert_eq!(policy.cells(Duration::from_secs(89)), 2);
    }

    #[test]
    fn invalid_policy_is_refused() {
        for bad in ["", "10", "10/1", "10/per1", "0/1per1", "1/0per1", "1/1per0", "-1/1per1", "+1/1per1"] {
            assert_eq!(bad.parse::<Policy>(), Err(InvalidPolicy::Form), "{bad}");
        }
        for bad in ["1/1per1.5", "1/1per1s", "1000001/1per1", "1/1per99999999999", "1 / 1per1"] {
            assert_eq!(bad.parse::<Policy>(), Err(InvalidPolicy::Form), "{bad}");
        }
        assert_eq!("1000/1per3600".parse::<Policy>(), Err(InvalidPolicy::TooSlow));
    }
}
