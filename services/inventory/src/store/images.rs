//! Pictures: small ones, drawn for the catalogue.

use std::collections::HashMap;

use estore_kit::redis::Redis;
use redis::{cmd, pipe};

use super::TAG;
use crate::{Error, domain::stored_name};

fn key(name: &str) -> String {
    format!("{TAG}:img:{name}")
}

/// A picture's type and bytes: one round trip.
pub async fn read(redis: &Redis, name: &str) -> Result<(String, Vec<u8>), Error> {
    let (kind, data): (Option<String>, Option<Vec<u8>>) =
        cmd("HMGET").arg(key(name)).arg("type").arg("data").query_async(&mut redis.connection()).await?;
    kind.zip(data).ok_or(Error::NotFound)
}

/// Keeps a picture. Its name is its content's, so a repeat writes the same.
pub async fn write(redis: &Redis, file: &str, kind: &str, data: &[u8]) -> Result<String, Error> {
    let name = stored_name(file, data);
    let mut both = pipe();
    both.cmd("HSET").arg(key(&name)).arg("type").arg(kind).arg("data").arg(data).ignore();
    both.cmd("HSET").arg(format!("{TAG}:img_names")).arg(file).arg(&name).ignore();
    both.query_async::<()>(&mut redis.connection()).await.map_err(Error::Write)?;
    Ok(name)
}

/// The stored name of every file that was imported.
pub async fn names(redis: &Redis) -> Result<HashMap<String, String>, Error> {
    Ok(cmd("HGETALL").arg(format!("{TAG}:img_names")).query_async(&mut redis.connection()).await?)
}

/// The first of `paths` that names no picture.
pub async fn missing(redis: &Redis, paths: &[String]) -> Result<Option<String>, Error> {
    for path in paths {
        let name = path.strip_prefix("/images/").unwrap_or_default();
        let there: bool = cmd("EXISTS").arg(key(name)).query_async(&mut redis.connection()).await?;
        if !there {
            return Ok(Some(path.clone()));
        }
    }
    Ok(None)
}
