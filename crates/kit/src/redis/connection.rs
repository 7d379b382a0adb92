//! Where every command passes: each is a step of the trace. Its arguments are not told: they hold what is personal.

use std::{future::Future, str};

use opentelemetry::trace::SpanKind;
use redis::{
    Arg, Cmd, Pipeline, RedisError, RedisFuture, Value,
    aio::{ConnectionLike, ConnectionManager},
};

use super::is_silent;
use crate::trace::{self, Span};

/// A connection to send commands on. Cheap to clone.
#[derive(Clone)]
pub struct Connection(ConnectionManager);

impl Connection {
    pub(super) fn over(manager: ConnectionManager) -> Self {
        Self(manager)
    }
}

impl ConnectionLike for Connection {
    fn req_packed_command<'a>(&'a mut self, cmd: &'a Cmd) -> RedisFuture<'a, Value> {
        let database = self.0.get_db();
        Box::pin(told(Called::of(cmd), database, self.0.send_packed_command(cmd)))
    }

    fn req_packed_commands<'a>(
        &'a mut self,
        pipeline: &'a Pipeline,
        offset: usize,
        count: usize,
    ) -> RedisFuture<'a, Vec<Value>> {
        let database = self.0.get_db();
        let called = Called { command: "PIPELINE", function: None };
        Box::pin(told(called, database, self.0.send_packed_commands(pipeline, offset, count)))
    }

    fn get_db(&self) -> i64 {
        self.0.get_db()
    }
}

/// Every command is sent here.
async fn told<T>(
    called: Called<'_>,
    database: i64,
    answer: impl Future<Output = Result<T, RedisError>>,
) -> Result<T, RedisError> {
    let span = called.span(database);
    let answer = span.run(answer).await;
    if let Err(error) = &answer {
        let code = error.code().unwrap_or("error").to_owned();
        span.fail(if is_silent(error) { "silent".to_owned() } else { code });
    }
    answer
}

/// What is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Called<'a> {
    command: &'a str,
    /// Of a library, where the command calls one.
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
        let span = trace::child(SpanKind::Client, name);
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
    fn a_call_is_known_by_its_function_and_nothing_else_of_it() {
        let mut call = cmd("FCALL");
        call.arg("inv1_reserve").arg(1).arg("{inv}").arg("ada@example.com");
        assert_eq!(Called::of(&call), Called { command: "FCALL", function: Some("inv1_reserve") });
        let mut get = cmd("GET");
        get.arg("{pay}:m:4242");
        assert_eq!(Called::of(&get), Called { command: "GET", function: None });
    }
}
