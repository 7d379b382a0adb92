//! The steps of an order as clients see them, from the log of its transitions.

use estore_contract::payment::{OrderStep, TimelineEntry};
use time::OffsetDateTime;

use super::State;

/// A transition in the log of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogLine {
    /// The version of the order since then.
    pub version: u64,
    /// The new state; `None` for a state of a newer version of the service.
    pub to: Option<State>,
    /// The time of the transition.
    pub at: OffsetDateTime,
}

impl LogLine {
    /// Parses `version from to ms`; returns `None` if the text is not a line of a log.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut words = text.split(' ');
        let version = words.next()?.parse().ok()?;
        let (_from, to, millis) = (words.next()?, words.next()?, words.next()?);
        let millis: u64 = millis.parse().ok()?;
        let at = OffsetDateTime::from_unix_timestamp_nanos(i128::from(millis) * 1_000_000).ok()?;
        Some(Self { version, to: State::parse(to), at })
    }
}

/// Returns the steps of `log`, without those that only earlier versions of the service recorded.
#[must_use]
pub fn timeline(log: &[LogLine]) -> Vec<TimelineEntry> {
    let mut steps: Vec<TimelineEntry> = Vec::with_capacity(log.len());
    for line in log {
        let Some(state) = line.to.and_then(step) else { continue };
        // An earlier version recorded the payment's id by a step from `reserved` to `reserved`.
        if steps.last().is_none_or(|last| last.state != state) {
            steps.push(TimelineEntry { state, at: line.at });
        }
    }
    steps
}

fn step(state: State) -> Option<OrderStep> {
    match state {
        State::Accepted => Some(OrderStep::Accepted),
        State::Reserved => Some(OrderStep::Reserved),
        State::Confirming => Some(OrderStep::Confirming),
        State::Completed => Some(OrderStep::Completed),
        State::Cancelling => Some(OrderStep::Cancelling),
        State::Cancelled => Some(OrderStep::Cancelled),
        State::Authorized | State::Confirmed => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(log: &[&str]) -> Vec<(&'static str, i64)> {
        let log: Vec<LogLine> = log.iter().map(|line| LogLine::parse(line).unwrap()).collect();
        let entry = |entry: TimelineEntry| (entry.state.as_str(), entry.at.unix_timestamp());
        timeline(&log).into_iter().map(entry).collect()
    }

    #[test]
    fn timeline_has_each_published_step_once() {
        let log = ["1  accepted 1000", "2 accepted reserved 2000", "3 reserved cancelling 3000"];
        assert_eq!(states(&log), [("accepted", 1), ("reserved", 2), ("cancelling", 3)]);
        let earlier = [
            "1  accepted 1000",
            "2 accepted reserved 2000",
            "3 reserved reserved 3000",
            "4 reserved authorized 4000",
            "5 authorized confirming 5000",
            "6 confirming confirmed 6000",
            "7 confirmed completed 7000",
        ];
        assert_eq!(states(&earlier), [("accepted", 1), ("reserved", 2), ("confirming", 5), ("completed", 7)]);
        assert_eq!(states(&["1  accepted 1000", "2 accepted shipped 2000"]), [("accepted", 1)]);
    }

    #[test]
    fn torn_line_is_none() {
        for torn in ["", "1", "1  accepted", "x  accepted 1", "1  accepted x", "1  accepted -1"] {
            assert_eq!(LogLine::parse(torn), None, "{torn}");
        }
    }
}
