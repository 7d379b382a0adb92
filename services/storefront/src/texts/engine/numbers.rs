//! Rates, shares and times as each language writes them.

use estore_contract::verification::Locale;

use crate::texts::format;

/// Joins a number and its unit, which stay on one line.
const TIE: char = '\u{a0}';

/// Writes a number with so many digits behind the point: `1,234.5`, `1.234,5`.
pub(crate) fn decimal(value: f64, digits: usize, locale: Locale) -> String {
    let text = format!("{:.digits$}", value.abs());
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), |whole| format::count(whole, locale));
    let is_zero = text.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let sign = if value < 0.0 && !is_zero { "\u{2212}" } else { "" };
    let point = if locale == Locale::En { '.' } else { ',' };
    if rest.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}{point}{rest}") }
}

/// Writes a number, with one digit behind the point if it is small.
pub(crate) fn rate(value: f64, locale: Locale) -> String {
    let digits = usize::from(value.abs() >= 0.05 && value.abs() < 9.95);
    decimal(value, digits, locale)
}

/// Writes a share: `0.4 %`, `12 %`.
pub(crate) fn share(value: f64, locale: Locale) -> String {
    format!("{}{TIE}%", rate(value * 100.0, locale))
}

/// Writes a time span: `12 ms`, `1.5 s`, `3 min`, `2 h`.
pub(crate) fn span(seconds: f64, locale: Locale) -> String {
    let (value, unit) = match seconds {
        seconds if seconds < 0.9995 => (decimal(seconds * 1000.0, 0, locale), "ms"),
        seconds if seconds < 119.5 => (rate(seconds, locale), "s"),
        seconds if seconds < 7170.0 => (decimal(seconds / 60.0, 0, locale), "min"),
        seconds => (decimal(seconds / 3600.0, 0, locale), "h"),
    };
    format!("{value}{TIE}{unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_their_language_does() {
        let both = |value, digits| [Locale::En, Locale::De].map(|locale| decimal(value, digits, locale));
        assert_eq!(both(1234.56, 1), ["1,234.6", "1.234,6"]);
        assert_eq!(both(-0.04, 1), ["0.0", "0,0"]);
        assert_eq!(both(-3.0, 0), ["\u{2212}3", "\u{2212}3"]);
        let rates = [0.0, 0.04, 0.05, 9.94, 9.95, 1234.4].map(|value| rate(value, Locale::En));
        assert_eq!(rates, ["0", "0", "0.1", "9.9", "10", "1,234"]);
    }

    #[test]
    fn spans_have_the_unit_that_fits() {
        let spans = [0.0, 0.0123, 0.9999, 1.52, 119.0, 120.0, 3600.0, 7200.0];
        let texts = spans.map(|seconds| span(seconds, Locale::En).replace(TIE, " "));
        assert_eq!(texts, ["0 ms", "12 ms", "1.0 s", "1.5 s", "119 s", "2 min", "60 min", "2 h"]);
        assert_eq!(share(0.004, Locale::De).replace(TIE, " "), "0,4 %");
        assert_eq!(share(1.0, Locale::En).replace(TIE, " "), "100 %");
    }
}
