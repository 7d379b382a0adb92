//! The connection that every command passes through, each as a step of the trace. Traces omit the
//! arguments, which hold personal data.

use std::{future::Future, str, sync::Arc, time::Instant};

use estore_telemetry::{
    metrics::{Definition, Error, HistogramVec, Label, Meter},
    trace::{self, Span},
};
use opentelemetry::trace::SpanKind;
use redis::{
    Arg, Cmd, ErrorKind, Pipeline, RedisError, RedisFuture, Value,
    aio::{ConnectionLike, ConnectionManager},
};

use super::{connect::Database, is_silent};

pub(super) const SECONDS: Definition = Definition::histogram(
    "estore_redis_call_duration_seconds",
    "Seconds of each call to Redis: done (ok), an error (refused), or no answer and an unknown outcome (silent)",
    &[
        Label::from("function", "functions and commands that the service calls"),
        Label::each("outcome", &["ok", "refused", "silent"]),
    ],
);

/// The durations of calls. Cheap to clone.
#[derive(Clone)]
pub struct Calls(Option<HistogramVec>);

impl Calls {
    /// Registers the metric.
    pub fn new(meter: &Meter) -> Result<Self, Error> {
        let seconds = SECONDS.histograms(meter)?;
        Ok(Self(meter.measures().then_some(seconds)))
    }
}

/// A connection for commands. Cheap to clone.
#[derive(Clone)]
pub struct Connection {
    database: Arc<Database>,
    calls: Option<Calls>,
}

impl Connection {
    pub(super) fn to(database: Arc<Database>, calls: Option<Calls>) -> Self {
        Self { database, calls }
    }

    /// Sends a command over the latest connection. Replaces that if it never connects again, or if
    /// several commands in a row got no answer.
    async fn send<T>(
        &self,
        called: Called<'_>,
        command: impl AsyncFnOnce(&mut ConnectionManager) -> Result<T, RedisError>,
    ) -> Result<T, RedisError> {
        let latest = self.database.latest();
        let mut manager = ConnectionManager::clone(&latest);
        let answer = told(called, self.database.number, self.calls.as_ref(), command(&mut manager)).await;
        match &answer {
            Err(error) if gives_up(error) => self.database.connect_again(&latest),
            Err(error) if error.is_timeout() => self.database.unanswered(&latest),
            // The library connects again by itself.
            Err(error) if error.is_io_error() => {}
            Ok(_) | Err(_) => self.database.answered(),
        }
        answer
    }
}

/// Returns true if the library would not repeat a failed attempt to connect. It does so after I/O
/// errors alone, and half of an answer is none. An answer to a command is no failed attempt.
fn gives_up(error: &RedisError) -> bool {
    !error.is_io_error() && !matches!(error.kind(), ErrorKind::Server(_) | ErrorKind::Extension)
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        Box::pin(self.send(Called::of(cmd), async |manager| manager.send_packed_command(cmd).await))
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let called = Called { command: "PIPELINE", function: None };
        Box::pin(
            self.send(called, async move |manager| {
                manager.send_packed_commands(pipeline, offset, count).await
            }),
        )
    }

    fn get_db(&self) -> i64 {
        self.database.number
    }
}

/// Sends a command, with its span and metric.
async fn told<T>(
    called: Called<'_>,
    database: i64,
    calls: Option<&Calls>,
    answer: impl Future<Output = Result<T, RedisError>>,
) -> Result<T, RedisError> {
    let span = called.span(database);
    let began = Instant::now();
    let answer = span.run(answer).await;
    let mut outcome = "ok";
    if let Err(error) = &answer {
        outcome = if is_silent(error) { "silent" } else { "refused" };
        span.fail(if is_silent(error) { outcome } else { error.code().unwrap_or("error") }.to_owned());
    }
    if let Some(Calls(Some(seconds))) = calls {
        let function = called.function.unwrap_or(called.command);
        seconds.with_label_values(&[function, outcome]).observe(began.elapsed().as_secs_f64());
    }
    answer
}

/// The command that is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Called<'a> {
    command: &'a str,
    /// The function of a library, if the command calls one.
    function: Option<&'a str>,
}

impl<'a> Called<'a> {
    fn of(cmd: &'a Cmd) -> Self {
        let mut words = cmd.args_iter().map_while(|arg| match arg {
            Arg::Simple(word) => str::from_utf8(word).ok(),
            _ => None,
        });
        let command = words.next().unwrap_or_default();
        let function = if matches!(command, "FCALL" | "FCALL_RO") { words.next() } else { None };
        Self { command, function }
    }

    fn span(self, database: i64) -> Span {
        let Self { command, function } = self;
        let name = || match function {
            Some(function) => format!("{command} {function}").into(),
            None => command.to_owned().into(),
        };
        let span = trace::child(&SpanKind::Client, name);
        if !span.is_recorded() {
            return span;
        }
        if let Some(function) = function {
            span.set("db.stored_procedure.name", || function.to_owned());
        }
        span.with("db.system.name", || "redis")
            .with("db.operation.name", || command.to_owned())
            .with("db.namespace", || database.to_string())
    }
}

#[cfg(test)]
mod tests {
    use redis::cmd;

    use super::*;

    #[test]
    fn call_is_identified_only_by_its_function() {
        let mut call = cmd("FCALL");
        call.arg("inv1_reserve").arg(1).arg("{inv}").arg("ada@example.com");
        assert_eq!(Called::of(&call), Called { command: "FCALL", function: Some("inv1_reserve") });
        let mut get = cmd("GET");
        get.arg("{pay}:m:4242");
        assert_eq!(Called::of(&get), Called { command: "GET", function: None });
    }
}
