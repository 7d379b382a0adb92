//! A line for programs: one flat JSON object.

use std::fmt::{self, Debug, Write};

use tracing::{
    Event,
    field::{Field, Visit},
};

use crate::{
    clock::{Clock, SystemClock},
    http::context,
    trace,
};

/// The line of `event`, with its end.
pub(super) fn line(event: &Event<'_>) -> String {
    let mut line = Line { text: String::with_capacity(512), target: None };
    let now = SystemClock.now();
    let (date, (hour, minute, second, micros)) = (now.date(), now.to_hms_micro());
    // Writing to a text does not fail.
    let _always = write!(
        line.text,
        "{{\"timestamp\":\"{date}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z\",\"level\":\"{}\"",
        event.metadata().level()
    );
    event.record(&mut line);
    let target = line.target.take().unwrap_or_else(|| event.metadata().target().to_owned());
    line.text("target", &target);
    context::with_id(|id| line.text("request_id", id));
    if let Some((trace, span)) = trace::ids() {
        line.plain("trace_id", format_args!("\"{trace}\""));
        if let Some(span) = span {
            line.plain("span_id", format_args!("\"{span}\""));
        }
    }
    line.text.push_str("}\n");
    line.text
}

struct Line {
    text: String,
    /// Of an event that came by way of the `log` crate.
    target: Option<String>,
}

impl Line {
    fn name(&mut self, name: &str) {
        self.text.push_str(",\"");
        escape(&mut self.text, name);
        self.text.push_str("\":");
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        self.text.push('"');
        escape(&mut self.text, value);
        self.text.push('"');
    }

    fn quoted(&mut self, name: &str, value: fmt::Arguments<'_>) {
        self.name(name);
        self.text.push('"');
        let _always = Escaped(&mut self.text).write_fmt(value);
        self.text.push('"');
    }

    fn plain(&mut self, name: &str, value: fmt::Arguments<'_>) {
        self.name(name);
        let _always = self.text.write_fmt(value);
    }
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "log.target" => self.target = Some(value.to_owned()),
            name if name.starts_with("log.") => {}
            name => self.text(name, value),
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.record_i128(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.record_u128(field, value.into());
    }

    fn record_i128(&mut self, field: &Field, value: i128) {
        if !field.name().starts_with("log.") {
            self.plain(field.name(), format_args!("{value}"));
        }
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        if !field.name().starts_with("log.") {
            self.plain(field.name(), format_args!("{value}"));
        }
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field.name(), format_args!("{value}"));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() {
            self.plain(field.name(), format_args!("{value}"));
        } else {
            self.plain(field.name(), format_args!("null"));
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.quoted(field.name(), format_args!("{value:?}"));
    }
}

/// Escapes what is written through it.
struct Escaped<'a>(&'a mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        escape(self.0, text);
        Ok(())
    }
}

/// Appends `text` as it stands between quotes: nothing in it ends the text or the line, or moves a
/// terminal. Most texts need no escapes, so what needs none is copied in one piece.
fn escape(line: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = rest.find(needs_escape) {
        let (plain, from) = rest.split_at(at);
        line.push_str(plain);
        let mut chars = from.chars();
        match chars.next() {
            Some('"') => line.push_str("\\\""),
            Some('\\') => line.push_str("\\\\"),
            Some('\n') => line.push_str("\\n"),
            Some('\r') => line.push_str("\\r"),
            Some('\t') => line.push_str("\\t"),
            Some(other) => {
                // Writing to a text does not fail.
                let _always = write!(line, "\\u{:04x}", u32::from(other));
            }
            None => {}
        }
        rest = chars.as_str();
    }
    line.push_str(rest);
}

fn needs_escape(char: char) -> bool {
    matches!(char, '"' | '\\' | '\u{2028}' | '\u{2029}') || char.is_control()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::lines::tests::{Format, lines};

    #[test]
    fn a_line_is_one_object_whatever_is_in_it() {
        let odd = "a\n{\"forged\":true} \u{1b}[31m \u{2028}\u{9b}\\ \"é\u{1F600}";
        let [line] = &lines(Format::Json, || {
            tracing::info!(text = odd, debug = ?odd, %odd, number = -1, big = u64::MAX, half = 0.5, none = f64::NAN, yes = true, "said");
        })[..] else {
            panic!("not one line")
        };
        assert!(line.ends_with("}\n") && line.trim_end().chars().all(|char| !char.is_control()), "{line}");
        let value: Value = serde_json::from_str(line).unwrap();
        assert_eq!(value["message"], "said");
        assert_eq!((&value["text"], &value["odd"]), (&json!(odd), &json!(odd)));
        assert_eq!(value["debug"], json!(format!("{odd:?}")));
        assert_eq!(
            [&value["number"], &value["big"], &value["half"], &value["none"], &value["yes"], &value["level"]],
            [&json!(-1), &json!(u64::MAX), &json!(0.5), &Value::Null, &json!(true), &json!("INFO")]
        );
        assert!(value["forged"].is_null() && value["request_id"].is_null() && value["trace_id"].is_null());
    }
}
