//! The metric of rate limits.

use super::{Definition, Label};

/// The metric of rejected requests.
pub const RATE_LIMITED: Definition = Definition::counter(
    "estore_rate_limited_total",
    "Requests rejected by a rate limit",
    &[Label::from("class", "classes of routes")],
);
