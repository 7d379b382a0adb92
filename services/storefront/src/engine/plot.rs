//! The line of orders a minute, with a mark for each fault, laid out for a drawing.

use std::fmt::Write;

use estore_contract::demo::FaultEvent;

/// The size of the drawing, in its own units.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 120.0;
/// The room above the highest value, for the marks.
const ABOVE: f64 = 16.0;
/// The time span, in seconds.
const SPAN: f64 = 900.0;
/// Two points that are farther apart are not joined, in seconds.
const GAP: f64 = 40.0;

/// The drawing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Plot {
    /// The attribute `d` of the path.
    pub(crate) path: String,
    /// The places of the faults.
    pub(crate) marks: Vec<String>,
    /// The value at the top.
    pub(crate) most: u64,
}

impl Plot {
    /// Lays out the line of the quarter of an hour before `now`, a Unix time. Returns `None` if
    /// there are no values.
    pub(crate) fn of(points: &[(f64, f64)], faults: &[FaultEvent], now: f64) -> Option<Self> {
        let from = now - SPAN;
        let most = points.iter().map(|(_, value)| *value).fold(1.0, f64::max).ceil();
        let x = |at: f64| format!("{:.1}", ((at - from) / SPAN * WIDTH).clamp(0.0, WIDTH));
        let y = |value: f64| format!("{:.1}", HEIGHT - value / most * (HEIGHT - ABOVE));
        let mut path = String::new();
        let mut before = f64::NEG_INFINITY;
        for (at, value) in points {
            path.push(if at - before < GAP { 'L' } else { 'M' });
            // Writing to a string cannot fail.
            let _written = write!(path, "{} {}", x(*at), y(*value));
            before = *at;
        }
        let times = faults.iter().map(seconds).filter(|at| (from..=now).contains(at));
        let marks = times.map(x).collect();
        let most = format!("{most:.0}").parse().unwrap_or(u64::MAX);
        (!path.is_empty()).then_some(Self { path, marks, most })
    }
}

fn seconds(fault: &FaultEvent) -> f64 {
    (fault.at - time::OffsetDateTime::UNIX_EPOCH).as_seconds_f64()
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json};

    use super::*;

    fn fault(at: &str) -> FaultEvent {
        from_value(json!({
            "id": 1, "at": at, "kind": "kill", "target": "payment", "seconds": null, "by": "button",
            "outcome": "done", "detail": null,
        }))
        .unwrap()
    }

    #[test]
    fn line_breaks_in_a_gap_and_shows_faults() {
        let now = 1_700_000_900.0;
        let points = [(now - 900.0, 0.0), (now - 885.0, 60.0), (now - 100.0, 120.0), (now, 30.0)];
        let faults = [fault("2023-11-14T22:20:50Z"), fault("2023-11-14T20:00:00Z")];
        let plot = Plot::of(&points, &faults, now).unwrap();
        assert_eq!(plot.path, "M0.0 120.0L12.0 68.0M640.0 16.0M720.0 94.0");
        assert_eq!((plot.marks, plot.most), (vec!["360.0".to_owned()], 120));
        assert_eq!(Plot::of(&[], &[], now), None);
    }
}
