//! Rounding of figures to significant digits, so that the file of a run is readable.

use serde_json::{Number, Value};

/// Rounds every fractional figure to four significant digits.
pub(super) fn round(value: Value) -> Value {
    match value {
        Value::Number(number) if number.is_f64() => rounded(&number).map_or(Value::Null, Value::Number),
        Value::Array(items) => Value::Array(items.into_iter().map(round).collect()),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, round(value))).collect(),
        other => other,
    }
}

fn rounded(number: &Number) -> Option<Number> {
    let text = format!("{:.3e}", number.as_f64()?);
    Number::from_f64(text.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fractions_are_rounded_and_counts_are_not() {
        let found =
            round(json!({"rate": 27_440.123, "cpu": [0.123_456, 59.0], "bytes": 123_456_789, "name": "x"}));
        assert_eq!(
            found,
            json!({"rate": 27_440.0, "cpu": [0.1235, 59.0], "bytes": 123_456_789, "name": "x"})
        );
        assert_eq!(round(found.clone()), found);
    }
}
