//! Log lines for programs: one flat JSON object each.

use std::fmt::{self, Debug, Write};

use estore_base::{
    clock::{Clock, SystemClock},
    request_id,
};
use tracing::{
    Event,
    field::{Field, Visit},
};
use tracing_subscriber::fmt::format::Writer;

use crate::trace;

/// Writes `event` as a line with its line break.
pub(super) fn write(text: Writer<'_>, event: &Event<'_>) {
    let mut line = Line { text, target: None };
    let now = SystemClock.now();
    let (date, (hour, minute, second, micros)) = (now.date(), now.to_hms_micro());
    line.write(format_args!(
        "{{\"timestamp\":\"{date}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z\",\"level\":\"{}\"",
        event.metadata().level()
    ));
    event.record(&mut line);
    let target = line.target.take();
    line.text("target", target.as_deref().unwrap_or(event.metadata().target()));
    request_id::with_id(|id| line.text("request_id", id));
    if let Some((trace, span)) = trace::ids() {
        line.plain("trace_id", format_args!("\"{trace}\""));
        if let Some(span) = span {
            line.plain("span_id", format_args!("\"{span}\""));
        }
    }
    line.write(format_args!("}}\n"));
}

struct Line<'a> {
    text: Writer<'a>,
    /// The target of an event from the `log` crate.
    target: Option<String>,
}

impl Line<'_> {
    fn write(&mut self, text: fmt::Arguments<'_>) {
        // The writer is a string, and writing to a string cannot fail.
        let _always = self.text.write_fmt(text);
    }

    fn escaped(&mut self, text: fmt::Arguments<'_>) {
        let _always = Escaped(&mut self.text).write_fmt(text);
    }

    fn name(&mut self, name: &str) {
        self.write(format_args!(",\""));
        self.escaped(format_args!("{name}"));
        self.write(format_args!("\":"));
    }

    fn text(&mut self, name: &str, value: &str) {
        self.quoted(name, format_args!("{value}"));
    }

    fn quoted(&mut self, name: &str, value: fmt::Arguments<'_>) {
        self.name(name);
        self.write(format_args!("\""));
        self.escaped(value);
        self.write(format_args!("\""));
    }

    fn plain(&mut self, name: &str, value: fmt::Arguments<'_>) {
        self.name(name);
        self.write(value);
    }
}

impl Visit for Line<'_> {
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

/// Escapes all text written through it.
struct Escaped<'a, 'b>(&'a mut Writer<'b>);

impl Write for Escaped<'_, '_> {
    /// Appends `text` as it appears between quotes. Escapes any character that would end the text
    /// or the line, or move a terminal. Most texts need no escapes, so parts without any are copied
    /// in one piece.
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text;
        while let Some(at) = rest.find(needs_escape) {
            let (plain, from) = rest.split_at(at);
            self.0.write_str(plain)?;
            let mut chars = from.chars();
            match chars.next() {
                Some('"') => self.0.write_str("\\\"")?,
                Some('\\') => self.0.write_str("\\\\")?,
                Some('\n') => self.0.write_str("\\n")?,
                Some('\r') => self.0.write_str("\\r")?,
                Some('\t') => self.0.write_str("\\t")?,
                Some(other) => write!(self.0, "\\u{:04x}", u32::from(other))?,
                None => {}
            }
            rest = chars.as_str();
        }
        self.0.write_str(rest)
    }
}

fn needs_escape(char: char) -> bool {
    matches!(char, '"' | '\\' | '\u{2028}' | '\u{2029}') || char.is_control()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::lines::tests::{Format, lines};

    #[test]
    fn line_with_odd_values_is_one_json_object() {
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
