//! Units of a panel's numbers.

use serde_json::{Value, json};

/// A unit, and its display in Grafana.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    Count,
    /// A rate per second.
    PerSecond,
    /// A rate per minute.
    PerMinute,
    /// A rate per hour.
    PerHour,
    /// Requests per second.
    Requests,
    /// A duration.
    Seconds,
    /// Memory or disk.
    Bytes,
    /// A fraction of one.
    Share,
    /// Money in the unit of its currency, such as dollars: the legend names the currency.
    Money,
    /// 1 if healthy, 0 if not.
    Health,
}

impl Unit {
    /// Returns Grafana's name for it.
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

    /// Returns the digits after the point, unless Grafana chooses.
    pub(crate) const fn decimals(self) -> Option<u8> {
        match self {
            Self::Money => Some(2),
            _ => None,
        }
    }

    /// Returns words in place of numbers.
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
