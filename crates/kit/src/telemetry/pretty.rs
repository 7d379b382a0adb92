//! A line for people: short, and in colours where they can be seen.

use std::fmt::{self, Debug, Write};

use tracing::{
    Event, Level,
    field::{Field, Visit},
};

use crate::{
    clock::{Clock, SystemClock},
    http::context,
    trace,
};

/// The line of `event`, with its end.
pub(super) fn line(event: &Event<'_>, coloured: bool) -> String {
    let mut said = Said::default();
    event.record(&mut said);
    let (hour, minute, second, millis) = SystemClock.now().to_hms_milli();
    let paint = Paint { coloured };
    let level = *event.metadata().level();
    let target = said.target.as_deref().unwrap_or(event.metadata().target());
    let target = target.split("::").next().unwrap_or_default().trim_start_matches("estore_");
    let mut line = String::with_capacity(256);
    // Writing to a text does not fail.
    let _always = write!(
        line,
        "{} {} {target:<12} ",
        paint.dim(format_args!("{hour:02}:{minute:02}:{second:02}.{millis:03}")),
        paint.level(level)
    );
    said.write(&mut line, &paint);
    context::with_id(|id| {
        let _always = write!(line, " {}", paint.dim(format_args!("request={}", Clean(id))));
    });
    if let Some((trace, _)) = trace::ids() {
        let _always = write!(line, " {}", paint.dim(format_args!("trace={trace}")));
    }
    line.push('\n');
    line
}

#[derive(Default)]
struct Said {
    message: String,
    fields: Vec<(&'static str, String)>,
    target: Option<String>,
}

impl Said {
    fn take(&mut self, name: &str) -> String {
        let at = self.fields.iter().position(|(field, _)| *field == name);
        at.map(|at| self.fields.remove(at).1).unwrap_or_default()
    }

    fn write(mut self, line: &mut String, paint: &Paint) {
        if self.message == "answered" {
            let (method, route, status) = (self.take("method"), self.take("route"), self.take("status"));
            let micros: f64 = self.take("micros").parse().unwrap_or_default();
            let status = paint.status(&status);
            let _always = write!(line, "{method} {route} {status} {:.1} ms", micros / 1000.0);
        } else {
            line.push_str(&self.message);
        }
        for (name, value) in self.fields {
            let _always = write!(line, " {}{value}", paint.dim(format_args!("{name}=")));
        }
    }
}

impl Visit for Said {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => self.message = Clean(value).to_string(),
            "log.target" => self.target = Some(value.to_owned()),
            name if name.starts_with("log.") => {}
            name => self.fields.push((name, Clean(value).to_string())),
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}

/// Nothing in it ends the line or moves the terminal.
struct Clean<'a>(&'a str);

impl fmt::Display for Clean<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for char in self.0.chars() {
            if char.is_control() || matches!(char, '\u{2028}' | '\u{2029}') {
                write!(f, "{}", char.escape_unicode())?;
            } else {
                f.write_char(char)?;
            }
        }
        Ok(())
    }
}

struct Paint {
    coloured: bool,
}

impl Paint {
    fn in_colour(&self, code: u8, text: fmt::Arguments<'_>) -> String {
        if self.coloured { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_string() }
    }

    fn dim(&self, text: fmt::Arguments<'_>) -> String {
        self.in_colour(2, text)
    }

    fn level(&self, level: Level) -> String {
        let code = match level {
            Level::ERROR => 31,
            Level::WARN => 33,
            Level::INFO => 32,
            _ => 34,
        };
        self.in_colour(code, format_args!("{:>5}", level.as_str()))
    }

    fn status(&self, status: &str) -> String {
        let code = match status.as_bytes().first() {
            Some(b'5') => 31,
            Some(b'4') => 33,
            _ => 32,
        };
        self.in_colour(code, format_args!("{status}"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::lines::tests::{Format, lines};

    #[test]
    fn a_request_is_one_short_line() {
        let lines = lines(Format::Pretty { coloured: false }, || {
            let (method, route, peer) = ("GET", "/products/{sku}", Option::<&str>::None);
            tracing::info!(method, route, peer, status = 200_u16, micros = 1234_u128, "answered");
            tracing::warn!(job = "worker", error = "a\u{1b}[31m\nb", "it failed");
        });
        assert!(lines[0].ends_with("  INFO kit          GET /products/{sku} 200 1.2 ms\n"), "{lines:?}");
        assert!(
            lines[1].ends_with("  WARN kit          it failed job=worker error=a\\u{1b}[31m\\u{a}b\n"),
            "{lines:?}"
        );
    }

    #[test]
    fn colours_are_for_those_who_see_them() {
        let lines = lines(Format::Pretty { coloured: true }, || tracing::error!("loud"));
        assert!(lines[0].contains("\u{1b}[31mERROR\u{1b}[0m"), "{lines:?}");
    }
}
