//! Plots of bars, drawn as SVG by the server. A table with the same numbers stands beside each
//! plot, for people who do not see it.

/// The size of the drawing, in its own units.
const WIDTH: i64 = 480;
const HEIGHT: i64 = 200;
/// The room for the labels, left of the bars and below them.
const LEFT: i64 = 72;
const BELOW: i64 = 24;
const ABOVE: i64 = 8;
/// The most labels below the bars that do not overlap.
const LABELS: usize = 7;
/// The number of lines across the plot, above the one at zero.
const LINES: i64 = 4;

/// One number of a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Point {
    /// The label below the bar, such as a date.
    pub(crate) label: String,
    /// The value, not negative.
    pub(crate) value: i64,
    /// The value as people read it.
    pub(crate) shown: String,
}

/// A bar of a plot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bar {
    pub(crate) x: i64,
    pub(crate) y: i64,
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) label: String,
    pub(crate) shown: String,
}

/// A text at a place of the drawing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Label {
    pub(crate) x: i64,
    pub(crate) y: i64,
    pub(crate) text: String,
}

/// A plot: the places of everything that its template draws.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plot {
    /// The id of the plot in its page, for the references of `aria-labelledby`.
    pub(crate) id: &'static str,
    /// The name of the plot, also the caption of its table.
    pub(crate) title: String,
    /// The heading of the table's first column.
    pub(crate) label_heading: &'static str,
    /// The heading of the table's second column.
    pub(crate) value_heading: &'static str,
    /// The text of the link to the table.
    pub(crate) as_table: &'static str,
    pub(crate) width: i64,
    pub(crate) height: i64,
    pub(crate) left: i64,
    pub(crate) bars: Vec<Bar>,
    pub(crate) lines: Vec<Label>,
    pub(crate) labels: Vec<Label>,
}

/// The texts of a plot.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    pub(crate) id: &'static str,
    pub(crate) title: String,
    pub(crate) label_heading: &'static str,
    pub(crate) value_heading: &'static str,
    pub(crate) as_table: &'static str,
}

impl Plot {
    /// Lays out `points` from left to right. `shown` writes the value of a line across the plot.
    pub(crate) fn new(texts: Texts, points: Vec<Point>, shown: impl Fn(i64) -> String) -> Self {
        let most = ceiling(points.iter().map(|point| point.value).max().unwrap_or_default());
        let room = HEIGHT - BELOW - ABOVE;
        // Through i128: a revenue times the height of the plot may exceed an i64.
        let height_of = |value: i64| {
            i64::try_from(i128::from(value) * i128::from(room) / i128::from(most)).unwrap_or(room)
        };
        let y_of = |value: i64| HEIGHT - BELOW - height_of(value);
        let step = most / LINES;
        let lines = (0..=LINES).map(|line| {
            let value = step * line;
            Label { x: LEFT - 6, y: y_of(value), text: shown(value) }
        });
        let count = points.len();
        let across = |at: usize| {
            let at = i64::try_from(at).unwrap_or(i64::MAX);
            LEFT + (WIDTH - LEFT) * at / i64::try_from(count.max(1)).unwrap_or(1)
        };
        let every = count.div_ceil(LABELS).max(1);
        let labels = points.iter().enumerate().step_by(every).map(|(at, point)| Label {
            x: i64::midpoint(across(at), across(at + 1)),
            y: HEIGHT - 6,
            text: point.label.clone(),
        });
        let (lines, labels) = (lines.collect(), labels.collect());
        let bars = points.into_iter().enumerate().map(|(at, point)| {
            let (begin, end) = (across(at), across(at + 1));
            let gap = i64::from(end - begin > 3);
            let height = height_of(point.value).max(i64::from(point.value > 0));
            Bar {
                x: begin + gap,
                y: HEIGHT - BELOW - height,
                width: (end - begin - 2 * gap).max(1),
                height,
                label: point.label,
                shown: point.shown,
            }
        });
        let Texts { id, title, label_heading, value_heading, as_table } = texts;
        let (width, height, left) = (WIDTH, HEIGHT, LEFT);
        let bars = bars.collect();
        Self { id, title, label_heading, value_heading, as_table, width, height, left, bars, lines, labels }
    }

    /// Reports whether every value is zero.
    pub(crate) fn is_empty(&self) -> bool {
        self.bars.iter().all(|bar| bar.height == 0)
    }
}

/// Returns the value of the uppermost line: at least `most`, with one or two digits before its
/// zeros. It is a multiple of four, so that each line has a round value.
fn ceiling(most: i64) -> i64 {
    let mut unit = 1_i64;
    loop {
        for round in [4, 8, 12, 16, 20, 24, 28, 32, 36] {
            match unit.checked_mul(round) {
                Some(value) if value >= most => return value,
                Some(_) => {}
                None => return i64::MAX,
            }
        }
        unit = unit.saturating_mul(10);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plot(values: &[i64]) -> Plot {
        let texts = Texts {
            id: "orders",
            title: "Orders".to_owned(),
            label_heading: "Day",
            value_heading: "Orders",
            as_table: "As a table",
        };
        let point = |(at, value): (usize, &i64)| Point {
            label: format!("day {at}"),
            value: *value,
            shown: value.to_string(),
        };
        Plot::new(texts, values.iter().enumerate().map(point).collect(), |value| value.to_string())
    }

    #[test]
    fn bars_stay_inside_the_drawing() {
        for values in [&[0, 1, 7, 100][..], &[i64::MAX, 0, 1], &[5; 800], &[0; 24], &[]] {
            let plot = plot(values);
            assert_eq!(plot.bars.len(), values.len());
            for bar in &plot.bars {
                assert!(bar.x >= LEFT && bar.width >= 1 && bar.y >= 0 && bar.height >= 0, "{bar:?}");
                assert_eq!(bar.y + bar.height, HEIGHT - BELOW);
            }
            assert!(plot.bars.iter().all(|bar| bar.x <= WIDTH));
            assert!(plot.labels.len() <= LABELS);
        }
    }

    #[test]
    fn small_value_beside_a_large_one_shows() {
        let plot = plot(&[1, 1_000_000, 0]);
        assert_eq!(plot.bars.iter().map(|bar| bar.height.min(2)).collect::<Vec<_>>(), [1, 2, 0]);
    }

    #[test]
    fn lines_have_round_values() {
        for (most, above) in [(0, 4), (3, 4), (5, 8), (13, 16), (37, 40), (99, 120), (1490, 1600)] {
            assert_eq!(ceiling(most), above);
        }
        let texts: Vec<String> = plot(&[13]).lines.into_iter().map(|line| line.text).collect();
        assert_eq!(texts, ["0", "4", "8", "12", "16"]);
    }

    #[test]
    fn plot_of_zeros_is_empty() {
        assert!(plot(&[0, 0]).is_empty() && plot(&[]).is_empty());
        assert!(!plot(&[0, 1]).is_empty());
    }
}
