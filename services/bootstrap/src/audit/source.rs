//! Reading of Redis in small parts: pipelines of bounded size, which are repeated while the server
//! is away.

use std::time::Duration;

use anyhow::Result;
use estore_checker::stores::{Raw, StreamEntry};
use estore_stores::redis::{self as store, Redis};
use redis::{Cmd, Pipeline, RedisError, Value, pipe};
use tokio::time::{Instant, sleep};

/// The time for which an absent server may restart.
const PATIENCE: Duration = Duration::from_mins(2);
const PAUSE: Duration = Duration::from_millis(250);

/// A database.
#[derive(Clone)]
pub(super) struct Source(Redis);

impl Source {
    pub(super) fn new(redis: Redis) -> Self {
        Self(redis)
    }

    /// Sends commands that only read, and returns their answers. A key of another type answers with
    /// an error, which [`hash`] and so on turn into [`Raw::Other`].
    pub(super) async fn ask(&self, mut commands: Pipeline) -> Result<Answers> {
        if commands.is_empty() {
            return Ok(Answers(Vec::new().into_iter()));
        }
        commands.ignore_errors();
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.try_ask(&commands).await {
                Err(error) if store::is_away(&error) && Instant::now() < deadline => sleep(PAUSE).await,
                outcome => return Ok(Answers(outcome?.into_iter())),
            }
        }
    }

    async fn try_ask(&self, commands: &Pipeline) -> Result<Vec<Value>, RedisError> {
        let answers: Vec<Value> = commands.query_async(&mut self.0.connection()).await?;
        answers.into_iter().map(checked).collect()
    }

    /// Sends one command.
    pub(super) async fn one(&self, command: Cmd) -> Result<Value> {
        let mut commands = pipe();
        commands.add_command(command);
        Ok(self.ask(commands).await?.next())
    }
}

fn checked(answer: Value) -> Result<Value, RedisError> {
    match &answer {
        Value::ServerError(error) if error.code() == "WRONGTYPE" => Ok(answer),
        _ => answer.extract_error(),
    }
}

/// The answers to the commands of a pipeline, in their order.
pub(super) struct Answers(std::vec::IntoIter<Value>);

impl Answers {
    /// Returns the next answer; nil after the last.
    pub(super) fn next(&mut self) -> Value {
        self.0.next().unwrap_or_default()
    }
}

/// Converts bytes that are not UTF-8 to text that no parser accepts.
pub(super) fn text(value: Value) -> Option<String> {
    match value {
        Value::BulkString(bytes) => Some(
            String::from_utf8(bytes)
                .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned()),
        ),
        Value::SimpleString(text) => Some(text),
        Value::Int(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Converts an answer that is a list of texts.
pub(super) fn texts(value: Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.into_iter().filter_map(text).collect(),
        _ => Vec::new(),
    }
}

/// Converts an answer that is a flat list of names and values.
pub(super) fn pairs(value: Value) -> Vec<(String, String)> {
    let mut flat = texts(value).into_iter();
    let mut pairs = Vec::new();
    while let (Some(name), Some(value)) = (flat.next(), flat.next()) {
        pairs.push((name, value));
    }
    pairs
}

fn is_error(value: &Value) -> bool {
    matches!(value, Value::ServerError(_))
}

/// Converts the answer of `ZMSCORE` or `HMGET`: one value for each name, or none.
pub(super) fn values(value: Value) -> Vec<Option<String>> {
    match value {
        Value::Array(values) => values.into_iter().map(text).collect(),
        _ => Vec::new(),
    }
}

/// Converts the answer of `HGETALL`.
pub(super) fn hash(value: Value) -> Option<Raw> {
    if is_error(&value) {
        return Some(Raw::Other);
    }
    let fields = pairs(value);
    if fields.is_empty() { None } else { Some(Raw::Hash(fields.into_iter().collect())) }
}

/// Converts the answer of `LRANGE`.
pub(super) fn list(value: Value) -> Option<Raw> {
    if is_error(&value) {
        return Some(Raw::Other);
    }
    let lines = texts(value);
    if lines.is_empty() { None } else { Some(Raw::List(lines)) }
}

/// Converts the answer of `XRANGE`.
pub(super) fn entries(value: Value) -> Vec<StreamEntry> {
    let Value::Array(values) = value else { return Vec::new() };
    let entry = |value: Value| {
        let Value::Array(parts) = value else { return None };
        let mut parts = parts.into_iter();
        let id = text(parts.next()?)?;
        Some((id, pairs(parts.next()?).into_iter().collect()))
    };
    values.into_iter().filter_map(entry).collect()
}
