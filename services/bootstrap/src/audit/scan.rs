//! Reading of names, part by part: the keys of a database, and the members of a set or a hash.
//! Redis may return a name twice.

use anyhow::Result;
use redis::{Cmd, Value, cmd};

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
    has_values: bool,
}

impl Scan {
    /// Scans the keys of a database.
    pub(super) fn keys() -> Self {
        Self {
            command: cmd("SCAN"),
            after: &["COUNT", "1000"],
            cursor: Some("0".to_owned()),
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
        Self { command, after, cursor: Some("0".to_owned()), has_values: true }
    }

    /// Returns the next names. Returns `None` at the end.
    pub(super) async fn next(&mut self, source: &Source) -> Result<Option<Vec<String>>> {
        let Some(cursor) = self.cursor.take() else { return Ok(None) };
        let mut command = self.command.clone();
        command.arg(cursor).arg(self.after);
        let Value::Array(parts) = source.one(command).await? else { return Ok(None) };
        let mut parts = parts.into_iter();
        let next = parts.next().and_then(text);
        let names = parts.next().unwrap_or_default();
        self.cursor = next.filter(|next| next != "0");
        Ok(Some(if self.has_values {
            pairs(names).into_iter().map(|(name, _)| name).collect()
        } else {
            texts(names)
        }))
    }
}
