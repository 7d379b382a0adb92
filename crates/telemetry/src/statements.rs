//! The events that sqlx emits after each statement. They become steps of the trace, not log lines.

use std::{fmt::Debug, time::Duration};

use opentelemetry::KeyValue;
use tracing::{
    Event, Level, Metadata, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    Layer,
    filter::{LevelFilter, filter_fn},
    layer::Context,
    registry::LookupSpan,
};

use crate::{metrics::observe_statement, trace};

/// The longest text of a statement that is kept, in bytes.
const LONGEST: usize = 2048;

/// Receives every statement, whatever the log filter is.
pub(crate) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>() -> impl Layer<S> {
    let statements = |metadata: &Metadata<'_>| metadata.is_event() && metadata.target() == "sqlx::query";
    Statements.with_filter(filter_fn(statements).with_max_level_hint(LevelFilter::from_level(Level::DEBUG)))
}

struct Statements;

impl<S: Subscriber> Layer<S> for Statements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        observe_statement(statement.text(), statement.elapsed);
        trace::past(statement.elapsed, || {
            let text = statement.text();
            let (operation, table) = parts(text);
            let name = table.map_or_else(|| operation.clone(), |table| format!("{operation} {table}"));
            let mut attributes = vec![
                KeyValue::new("db.system.name", "postgresql"),
                KeyValue::new("db.query.summary", name.clone()),
                // With placeholders such as `$1` instead of values.
                KeyValue::new("db.query.text", short(text).to_owned()),
                KeyValue::new("db.response.returned_rows", statement.rows),
            ];
            attributes.extend(table.map(|table| KeyValue::new("db.collection.name", table.to_owned())));
            attributes.push(KeyValue::new("db.operation.name", operation));
            (name.into(), attributes)
        });
    }
}

/// A statement as sqlx reports it: the first words, and the whole text if it is longer.
#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
    elapsed: Duration,
    rows: i64,
}

impl Statement {
    fn text(&self) -> &str {
        if self.whole.is_empty() { &self.summary } else { self.whole.trim() }
    }
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.whole),
            _ => {}
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.elapsed = Duration::try_from_secs_f64(value).unwrap_or_default();
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() == "rows_returned" {
            self.rows = i64::try_from(value).unwrap_or(i64::MAX);
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// Returns the operation of a statement, and its table.
fn parts(text: &str) -> (String, Option<&str>) {
    let mut words = text.split_whitespace();
    let operation = words.next().unwrap_or_default().to_ascii_uppercase();
    let table = match operation.as_str() {
        "UPDATE" => words.next(),
        "INSERT" => after(words, "INTO"),
        "SELECT" | "DELETE" => after(words, "FROM"),
        _ => None,
    };
    let named = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let table = table.map(|table| table.trim_end_matches([',', ';', ')']));
    (operation, table.filter(|table| !table.is_empty() && table.chars().all(named)))
}

fn after<'a>(mut words: impl Iterator<Item = &'a str>, word: &str) -> Option<&'a str> {
    words.by_ref().find(|next| next.eq_ignore_ascii_case(word))?;
    words.next()
}

fn short(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statement_is_named_by_operation_and_table() {
        for (text, operation, table) in [
            ("INSERT INTO outbox (id) SELECT $1 FROM x", "INSERT", Some("outbox")),
            ("update users SET a = $1", "UPDATE", Some("users")),
            ("DELETE FROM outbox WHERE sent_at < $1", "DELETE", Some("outbox")),
            ("SELECT t.a,\n v.b FROM tokens t JOIN verifications v ON v.id = t.id", "SELECT", Some("tokens")),
            ("SELECT count(*) FROM outbox", "SELECT", Some("outbox")),
            ("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", "SELECT", None),
            ("SELECT * FROM (SELECT 1) x", "SELECT", None),
            ("WITH a AS (SELECT 1) DELETE FROM b", "WITH", None),
            ("", "", None),
        ] {
            assert_eq!(parts(text), (operation.to_owned(), table), "{text}");
        }
        assert_eq!(short(&"é".repeat(2000)).len(), LONGEST);
    }
}
