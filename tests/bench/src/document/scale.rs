//! Axes: positions of figures, and the figures beside the axis.

/// An axis from `low` to `high`, drawn over `length` from `start`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    low: f64,
    high: f64,
    start: f64,
    length: f64,
    is_logarithmic: bool,
}

impl Scale {
    /// Returns an axis that has room for all `values`. A linear one begins at 0.
    pub(super) fn over(values: &[f64], is_logarithmic: bool, start: f64, length: f64) -> Self {
        let greatest = values.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        let least = values.iter().copied().filter(|value| *value > 0.0).fold(greatest, f64::min);
        let (low, high) = if is_logarithmic {
            let low = 10_f64.powf(least.log10().floor());
            (low, 10_f64.powf(greatest.log10().ceil()).max(low * 10.0))
        } else {
            let step = step(greatest);
            (0.0, (greatest / step).ceil() * step)
        };
        Self { low, high, start, length, is_logarithmic }
    }

    /// Returns the position of a value.
    pub(super) fn place(&self, value: f64) -> f64 {
        let share = if self.is_logarithmic {
            (value.max(self.low) / self.low).log10() / (self.high / self.low).log10()
        } else {
            (value - self.low) / (self.high - self.low)
        };
        self.start + share * self.length
    }

    /// Returns the values to write beside the axis.
    pub(super) fn marks(&self) -> Vec<f64> {
        let mut marks = Vec::new();
        let mut mark = self.low;
        // Accepts less than a step beyond the end, because sums of floats are not exact.
        while mark <= self.high * 1.000_001 {
            marks.push(mark);
            mark = if self.is_logarithmic { mark * 10.0 } else { mark + step(self.high) };
        }
        marks
    }
}

/// Returns a fifth of `greatest` or somewhat more: 1, 2 or 5 times a power of ten.
fn step(greatest: f64) -> f64 {
    let fifth = greatest / 5.0;
    let power = 10_f64.powf(fifth.log10().floor());
    let times = [1.0, 2.0, 5.0].into_iter().find(|times| times * power >= fifth * 0.999_999);
    times.unwrap_or(10.0) * power
}

/// Formats a figure with three significant digits and separated thousands.
pub(super) fn figure(value: f64) -> String {
    let digits = if value == 0.0 || value.abs() >= 100.0 {
        0
    } else if value.abs() >= 10.0 {
        1
    } else if value.abs() >= 1.0 {
        2
    } else {
        3
    };
    let text = format!("{value:.digits$}");
    let (whole, rest) = text.split_once('.').map_or((text.as_str(), ""), |(whole, rest)| (whole, rest));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 && grouped != "-" {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if rest.is_empty() { grouped } else { format!("{grouped}.{rest}") }
}

/// Formats it without trailing zeros, for axes.
pub(super) fn mark(value: f64) -> String {
    let text = figure(value);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linear_axis_begins_at_zero() {
        let scale = Scale::over(&[3.0, 870.0], false, 10.0, 100.0);
        assert_eq!(scale.marks(), [0.0, 200.0, 400.0, 600.0, 800.0, 1000.0]);
        assert!((scale.place(500.0) - 60.0).abs() < 1e-9);
    }

    #[test]
    fn logarithmic_axis_has_powers_of_ten() {
        let scale = Scale::over(&[0.4, 37.0], true, 0.0, 300.0);
        let marks: Vec<String> = scale.marks().into_iter().map(mark).collect();
        assert_eq!(marks, ["0.1", "1", "10", "100"]);
        assert!((scale.place(1.0) - 100.0).abs() < 1e-9 && (scale.place(0.0)).abs() < 1e-9);
    }

    #[test]
    fn equal_values_still_make_an_axis() {
        assert_eq!(Scale::over(&[1_000.0], true, 0.0, 1.0).marks(), [1_000.0, 10_000.0]);
        assert!(Scale::over(&[], false, 0.0, 1.0).marks().len() > 1);
    }

    #[test]
    fn figures_have_three_digits() {
        let written = [1_234_567.0, 999.6, 24.56, 0.061, 0.0].map(figure);
        assert_eq!(written, ["1,234,567", "1,000", "24.6", "0.061", "0"]);
    }
}
