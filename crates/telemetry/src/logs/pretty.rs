//! Log lines for people: short, and in colour on terminals.

use std::{
    fmt::{self, Debug, Display, Write},
    ops::Range,
};

use estore_base::{
    clock::{Clock, SystemClock},
    request_id,
};
use tracing::{
    Event, Level,
    field::{Field, Visit},
};
use tracing_subscriber::fmt::format::Writer;

use crate::trace;

/// Writes `event` as a line with its line break.
pub(super) fn write(text: Writer<'_>, event: &Event<'_>, coloured: bool) {
    let mut said = Said::default();
    event.record(&mut said);
    let mut line = Line { text, coloured };
    let (hour, minute, second, millis) = SystemClock.now().to_hms_milli();
    line.dim(format_args!("{hour:02}:{minute:02}:{second:02}.{millis:03}"));
    let level = *event.metadata().level();
    line.plain(" ");
    line.coloured(colour(level), format_args!("{level:>5}"));
    let target = said.target.as_deref().unwrap_or(event.metadata().target());
    let program = target.split_once("::").map_or(target, |(program, _)| program);
    let program = program.strip_prefix("estore_").unwrap_or(program);
    line.write(format_args!(" {program:<12} "));
    said.write(&mut line);
    request_id::with_id(|id| {
        line.plain(" ");
        line.dim(format_args!("request={}", Clean(id)));
    });
    if let Some((trace, _)) = trace::ids() {
        line.plain(" ");
        line.dim(format_args!("trace={trace}"));
    }
    line.plain("\n");
}

/// The fields of an event. Their values share one string, because a request's line has many.
#[derive(Default)]
struct Said {
    values: String,
    fields: Vec<(&'static str, Range<usize>)>,
    target: Option<String>,
}

impl Said {
    fn value(&self, name: &str) -> &str {
        let found = self.fields.iter().find(|(field, _)| *field == name);
        found.and_then(|(_, at)| self.values.get(at.clone())).unwrap_or_default()
    }

    fn add(&mut self, field: &Field, value: impl Display) {
        if !field.name().starts_with("log.") {
            let start = self.values.len();
            // Writing to a string cannot fail.
            let _always = write!(self.values, "{value}");
            self.fields.push((field.name(), start..self.values.len()));
        }
    }

    fn write(&self, line: &mut Line<'_>) {
        let message = self.value("message");
        let shown: &[&str] = if message == "answered" {
            let micros: u64 = self.value("micros").parse().unwrap_or_default();
            line.write(format_args!("{} {} ", self.value("method"), self.value("route")));
            let status = self.value("status");
            line.coloured(status_colour(status), format_args!("{status}"));
            line.write(format_args!(" {}.{} ms", micros / 1000, micros % 1000 / 100));
            &["message", "method", "route", "status", "micros"]
        } else {
            line.plain(message);
            &["message"]
        };
        for (name, at) in self.fields.iter().filter(|(name, _)| !shown.contains(name)) {
            line.plain(" ");
            line.dim(format_args!("{name}="));
            line.plain(self.values.get(at.clone()).unwrap_or_default());
        }
    }
}

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "log.target" {
            self.target = Some(value.to_owned());
        }
        self.add(field, Clean(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.add(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.add(field, value);
    }

    fn record_u128(&mut self, field: &Field, value: u128) {
        self.add(field, value);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field, CleanDebug(value));
    }
}

/// A text in its display form: escapes any character that would end the line or move the terminal.
struct Clean<'a>(&'a str);

impl Display for Clean<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(at) = rest.find(moves_a_terminal) {
            let (plain, from) = rest.split_at(at);
            f.write_str(plain)?;
            let mut chars = from.chars();
            if let Some(char) = chars.next() {
                write!(f, "{}", char.escape_unicode())?;
            }
            rest = chars.as_str();
        }
        f.write_str(rest)
    }
}

fn moves_a_terminal(char: char) -> bool {
    char.is_control() || matches!(char, '\u{2028}' | '\u{2029}')
}

/// The `Debug` text of a value, in its display form.
struct CleanDebug<'a>(&'a dyn Debug);

impl Display for CleanDebug<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut clean = CleanWriter(f);
        write!(clean, "{:?}", self.0)
    }
}

struct CleanWriter<'a, 'b>(&'a mut fmt::Formatter<'b>);

impl Write for CleanWriter<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        write!(self.0, "{}", Clean(text))
    }
}

struct Line<'a> {
    text: Writer<'a>,
    coloured: bool,
}

impl Line<'_> {
    fn plain(&mut self, text: &str) {
        self.write(format_args!("{text}"));
    }

    fn write(&mut self, text: fmt::Arguments<'_>) {
        // The writer is a string, and writing to a string cannot fail.
        let _always = self.text.write_fmt(text);
    }

    fn dim(&mut self, text: fmt::Arguments<'_>) {
        self.coloured(2, text);
    }

    fn coloured(&mut self, code: u8, text: fmt::Arguments<'_>) {
        if self.coloured {
            self.write(format_args!("\u{1b}[{code}m{text}\u{1b}[0m"));
        } else {
            self.write(text);
        }
    }
}

fn colour(level: Level) -> u8 {
    match level {
        Level::ERROR => 31,
        Level::WARN => 33,
        Level::INFO => 32,
        _ => 34,
    }
}

fn status_colour(status: &str) -> u8 {
    match status.as_bytes().first() {
        Some(b'5') => 31,
        Some(b'4') => 33,
        _ => 32,
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::tests::{Format, lines};

    #[test]
    fn request_is_written_as_one_short_line() {
        let lines = lines(Format::Pretty { coloured: false }, || {
            let (method, route, peer) = ("GET", "/products/{sku}", Option::<&str>::None);
            tracing::info!(method, route, peer, status = 200_u16, micros = 1234_u128, "answered");
            tracing::warn!(job = "worker", error = "a\u{1b}[31m\nb", "it failed");
        });
        assert!(lines[0].ends_with("  INFO telemetry    GET /products/{sku} 200 1.2 ms\n"), "{lines:?}");
        assert!(
            lines[1].ends_with("  WARN telemetry    it failed job=worker error=a\\u{1b}[31m\\u{a}b\n"),
            "{lines:?}"
        );
    }

    #[test]
    fn colours_are_written_if_turned_on() {
        let lines = lines(Format::Pretty { coloured: true }, || tracing::error!("loud"));
        assert!(lines[0].contains("\u{1b}[31mERROR\u{1b}[0m"), "{lines:?}");
    }
}
