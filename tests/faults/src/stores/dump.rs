//! Conversion of answers into the text of keys.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use estore_checker::stores::{Raw, StreamEntry};
use redis::{FromRedisValue, Value};

/// Returns the command that reads a whole key of this type, as `TYPE` names it.
pub(super) fn command(kind: &str, key: &str) -> redis::Cmd {
    let mut cmd = match kind {
        "hash" => redis::cmd("HGETALL"),
        "list" => redis::cmd("LRANGE"),
        "zset" => redis::cmd("ZRANGE"),
        "stream" => redis::cmd("XRANGE"),
        "string" => redis::cmd("GET"),
        _ => redis::cmd("EXISTS"),
    };
    cmd.arg(key);
    match kind {
        "list" => cmd.arg(0).arg(-1),
        "zset" => cmd.arg(0).arg(-1).arg("WITHSCORES"),
        "stream" => cmd.arg("-").arg("+"),
        _ => &mut cmd,
    };
    cmd
}

/// Converts the answer of that command. Returns `None` if the key was gone by then.
pub(super) fn raw(kind: &str, answer: Value) -> Result<Option<Raw>> {
    let raw = match kind {
        "hash" => Raw::Hash(pairs(answer)?),
        "list" => Raw::List(texts(answer)?),
        "zset" => Raw::Scores(pairs(answer)?),
        "stream" => Raw::Stream(entries(answer)?),
        "string" if answer == Value::Nil => return Ok(None),
        "string" => Raw::Text(text(Vec::from_redis_value(answer)?)),
        "none" => return Ok(None),
        _ => Raw::Other,
    };
    // Redis keeps no empty keys but streams.
    let gone = match &raw {
        Raw::Hash(map) | Raw::Scores(map) => map.is_empty(),
        Raw::List(list) => list.is_empty(),
        _ => false,
    };
    Ok((!gone).then_some(raw))
}

/// Converts bytes that are not UTF-8 to text that no parser accepts, so that the reading does not
/// fail.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn texts(answer: Value) -> Result<Vec<String>> {
    Ok(Vec::<Vec<u8>>::from_redis_value(answer)?.into_iter().map(text).collect())
}

fn pairs(answer: Value) -> Result<BTreeMap<String, String>> {
    let mut flat = texts(answer)?.into_iter();
    let mut map = BTreeMap::new();
    while let Some(name) = flat.next() {
        map.insert(name, flat.next().context("a field without a value")?);
    }
    Ok(map)
}

fn entries(answer: Value) -> Result<Vec<StreamEntry>> {
    let mut entries = Vec::new();
    for entry in Vec::<Value>::from_redis_value(answer)? {
        let mut parts = Vec::<Value>::from_redis_value(entry)?.into_iter();
        let (Some(id), Some(fields)) = (parts.next(), parts.next()) else { bail!("half a stream entry") };
        entries.push((text(Vec::from_redis_value(id)?), pairs(fields)?));
    }
    Ok(entries)
}
