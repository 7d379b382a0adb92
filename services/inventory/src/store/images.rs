//! Images. A large one is stored in parts, as no call may occupy the server for more than a
//! millisecond.

use std::collections::HashMap;

use estore_stores::redis::{Redis, fcall};
use futures::{Stream, StreamExt, stream};
use redis::{cmd, pipe};

use super::TAG;
use crate::{Error, domain::stored_name};

/// The largest part of an image, in bytes.
const PART: usize = 128 * 1024;

fn key(name: &str) -> String {
    format!("{TAG}:img:{name}")
}

/// The sum of the bytes of all uploaded images.
fn uploads() -> String {
    format!("{TAG}:img_uploads")
}

/// An image as it is stored: its type, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    pub kind: String,
    pub content: Content,
}

/// The bytes of an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    Whole(Vec<u8>),
    /// The number of parts to read, and the number of bytes of all of them.
    Parts(usize, u64),
}

/// The facts of an uploaded image: its type, width, height and bytes.
pub type Facts = (String, u32, u32, u64);

/// Reads an image's type and bytes, in one round trip. The bytes of a large one are in its parts.
pub async fn read(redis: &Redis, name: &str) -> Result<Stored, Error> {
    let mut ask = cmd("HMGET");
    ask.arg(key(name)).arg(&["type", "data", "parts", "bytes"]);
    let (kind, data, parts, bytes): (Option<String>, Option<Vec<u8>>, Option<usize>, Option<u64>) =
        ask.query_async(&mut redis.connection()).await?;
    // The type is written last.
    let kind = kind.ok_or(Error::NotFound)?;
    let content = match data {
        Some(data) => Content::Whole(data),
        None => parts.zip(bytes).map(|(parts, bytes)| Content::Parts(parts, bytes)).ok_or(Error::NotFound)?,
    };
    Ok(Stored { kind, content })
}

/// Reads the parts of an image, one after the other.
pub fn parts(redis: Redis, name: &str, count: usize) -> impl Stream<Item = Result<Vec<u8>, Error>> + use<> {
    let key = key(name);
    stream::iter(0..count).then(move |at| {
        let (redis, key) = (redis.clone(), key.clone());
        async move {
            let mut ask = cmd("HGET");
            ask.arg(key).arg(part(at));
            let part: Option<Vec<u8>> = ask.query_async(&mut redis.connection()).await?;
            part.ok_or(Error::NotFound)
        }
    })
}

fn part(at: usize) -> String {
    format!("data{at}")
}

/// Returns the facts of an image, or `None` if it was not uploaded.
pub async fn uploaded(redis: &Redis, name: &str) -> Result<Option<Facts>, Error> {
    let mut ask = cmd("HMGET");
    ask.arg(key(name)).arg(&["type", "width", "height", "bytes"]);
    let (kind, width, height, bytes): (Option<String>, Option<u32>, Option<u32>, Option<u64>) =
        ask.query_async(&mut redis.connection()).await?;
    let facts = || Some((kind?, width?, height?, bytes?));
    Ok(facts())
}

/// Returns the sum of the bytes of all uploaded images.
pub async fn uploaded_bytes(redis: &Redis) -> Result<u64, Error> {
    let sum: Option<u64> =
        cmd("HGET").arg(uploads()).arg("bytes").query_async(&mut redis.connection()).await?;
    Ok(sum.unwrap_or_default())
}

/// Stores an uploaded image under its name. Returns false if it was there. All uploaded images have
/// `most` bytes at most. The image is counted first, so uploads at the same time do not share the
/// room that is left.
pub async fn upload(
    redis: &Redis,
    name: &str,
    data: &[u8],
    (width, height): (u32, u32),
    kind: &str,
    most: u64,
) -> Result<bool, Error> {
    let mut count = fcall("inv1_count_image", TAG);
    count.arg(name).arg(data.len()).arg(most);
    let fits: bool = count.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    if !fits {
        return Err(Error::NoRoom);
    }
    let mut facts = cmd("HSET");
    facts.arg(key(name)).arg("width").arg(width).arg("height").arg(height);
    facts.exec_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    let is_new = put(redis, name, kind, data).await?;
    let mut done = cmd("HDEL");
    done.arg(format!("{TAG}:img_written")).arg(name);
    // The image is stored. What stays in this list is removed when there is no room.
    let _stays: Result<(), _> = done.exec_async(&mut redis.connection()).await;
    Ok(is_new)
}

/// Stores an image of an import. Its name depends on its content, so a repeat writes the same data.
pub async fn write(redis: &Redis, file: &str, kind: &str, data: &[u8]) -> Result<String, Error> {
    let name = stored_name(file, data);
    put(redis, &name, kind, data).await?;
    let mut named = cmd("HSET");
    named.arg(format!("{TAG}:img_names")).arg(file).arg(&name);
    named.exec_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    Ok(name)
}

/// Writes the bytes, and then the type, from which on the image can be read. Returns true if this
/// call wrote the type.
async fn put(redis: &Redis, name: &str, kind: &str, data: &[u8]) -> Result<bool, Error> {
    let key = key(name);
    let chunks: Vec<&[u8]> = data.chunks(PART).collect();
    if let [_, _, ..] = chunks.as_slice() {
        for (at, chunk) in chunks.iter().enumerate() {
            let mut write = cmd("HSET");
            write.arg(&key).arg(part(at)).arg(*chunk);
            write.exec_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
        }
    }
    let mut last = pipe();
    let facts = last.cmd("HSET").arg(&key).arg("bytes").arg(data.len());
    match chunks.as_slice() {
        [_, _, ..] => facts.arg("parts").arg(chunks.len()).ignore(),
        _ => facts.arg("data").arg(data).ignore(),
    };
    last.cmd("HSETNX").arg(&key).arg("type").arg(kind);
    let (is_new,): (bool,) =
        last.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    Ok(is_new)
}

/// Returns the stored name of every imported file.
pub async fn names(redis: &Redis) -> Result<HashMap<String, String>, Error> {
    Ok(cmd("HGETALL").arg(format!("{TAG}:img_names")).query_async(&mut redis.connection()).await?)
}

/// Returns the first of `paths` that names no image.
pub async fn missing(redis: &Redis, paths: &[String]) -> Result<Option<String>, Error> {
    for path in paths {
        let name = path.strip_prefix("/images/").unwrap_or_default();
        let kind: Option<String> =
            cmd("HGET").arg(key(name)).arg("type").query_async(&mut redis.connection()).await?;
        if kind.is_none() {
            return Ok(Some(path.clone()));
        }
    }
    Ok(None)
}
