//! Reading of names, part by part: the keys of a database, and the members of a set or a hash.
//! Redis may return a name twice.

use anyhow::Result;
use redis::{Cmd, Value, cmd};
use tokio::task::JoinHandle;

use super::source::{Source, pairs, text, texts};

/// A set or a hash whose members are read.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    /// A sorted set.
    Set,
    /// A hash. Its values come along, and may be long.
    Hash,
}

/// The place in a scan.
pub(super) struct Scan {
    command: Cmd,
    after: &'static [&'static str],
    cursor: Option<String>,
    /// The next answer, which is read while the last one is looked at.
    ahead: Option<JoinHandle<Result<Value>>>,
    has_values: bool,
}

impl Scan {
    /// Scans the keys of a database.
    pub(super) fn keys() -> Self {
        Self {
            command: cmd("SCAN"),
            after: &["COUNT", "1000"],
            cursor: Some("0".to_owned()),
            ahead: None,
            has_values: false,
        }
    }

    /// Scans the members of a key.
    pub(super) fn members(key: &str, kind: Kind) -> Self {
        let (name, after): (_, &[&str]) = match kind {
            Kind::Set => ("ZSCAN", &["COUNT", "500"]),
            Kind::Hash => ("HSCAN", &["COUNT", "100"]),
        };
        let mut command = cmd(name);
        command.arg(key);
        Self { command, after, cursor: Some("0".to_owned()), ahead: None, has_values: true }
    }

    /// Returns the next names. Returns `None` at the end.
    pub(super) async fn next(&mut self, source: &Source) -> Result<Option<Vec<String>>> {
        let answer = match (self.ahead.take(), self.cursor.take()) {
            (Some(ahead), _) => ahead.await??,
            (None, Some(cursor)) => source.one(self.from(&cursor)).await?,
            (None, None) => return Ok(None),
        };
        let Value::Array(parts) = answer else { return Ok(None) };
        let mut parts = parts.into_iter();
        let next = parts.next().and_then(text);
        let names = parts.next().unwrap_or_default();
        if let Some(cursor) = next.filter(|next| next != "0") {
            let (source, command) = (source.clone(), self.from(&cursor));
            self.ahead = Some(tokio::spawn(async move { source.one(command).await }));
        }
        Ok(Some(if self.has_values {
            pairs(names).into_iter().map(|(name, _)| name).collect()
        } else {
            texts(names)
        }))
    }

    fn from(&self, cursor: &str) -> Cmd {
        let mut command = self.command.clone();
        command.arg(cursor).arg(self.after);
        command
    }
}
