//! What the numbers of a panel are.

use serde_json::{Value, json};

/// A unit, and how Grafana shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// How many.
    Count,
    /// How many in a second.
    PerSecond,
    /// How many in a minute.
    PerMinute,
    /// How many in an hour.
    PerHour,
    /// Requests in a second.
    Requests,
    /// A time.
    Seconds,
    /// Memory or disk.
    Bytes,
    /// A part of one.
    Share,
    /// Money in the unit of its currency, such as dollars: the legend names the currency.
    Money,
    /// 1 where it is well, 0 where it is not.
    Health,
}

impl Unit {
    /// Grafana's name of it.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Count => "short",
            Self::PerSecond => "cps",
            Self::PerMinute => "cpm",
            Self::PerHour => "suffix:/h",
            Self::Requests => "reqps",
            Self::Seconds => "s",
            Self::Bytes => "bytes",
            Self::Share => "percentunit",
            Self::Money => "locale",
            Self::Health => "none",
        }
    }

    /// Digits after the point, where Grafana is not to choose.
    pub(crate) const fn decimals(self) -> Option<u8> {
        match self {
            Self::Money => Some(2),
            _ => None,
        }
    }

    /// Words in place of numbers.
    pub(crate) fn mappings(self) -> Value {
        match self {
            Self::Health => json!([{"type": "value", "options": {
                "0": {"text": "no", "color": "red", "index": 0},
                "1": {"text": "yes", "color": "green", "index": 1},
            }}]),
            _ => json!([]),
        }
    }
}
