//! Saved cards, each one JSON string.

use estore_contract::{PaymentMethodId, UserId};
use estore_stores::redis::{Redis, fcall};
use redis::cmd;
use serde::{Deserialize, Serialize};

use super::{TAG, not_stale, parse};
use crate::{Error, domain::StoredCard};

/// The record of a request with an idempotency key: its keyed fingerprint and its answer.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// The id of our key that made the fingerprint.
    pub key_id: String,
    /// The fingerprint of the card's data. It is keyed: without the key nobody can try numbers
    /// against it.
    pub fingerprint: String,
    pub answer: estore_contract::payment::PaymentMethod,
}

/// Reads the record of an idempotency key, if it is among the user's latest 100.
pub async fn record(redis: &Redis, user: UserId, key: &str) -> Result<Option<Record>, Error> {
    let kept: Option<String> = cmd("HGET")
        .arg(format!("{TAG}:u:{user}:records"))
        .arg(key)
        .query_async(&mut redis.connection())
        .await?;
    kept.map(|kept| read_json(&kept)).transpose()
}

/// Saves a card, with the record of its key, in a store that is not older than `epoch`. The user
/// must have fewer than `most` cards. Returns `Some` record if another request with the key came
/// first.
pub async fn save(
    redis: &Redis,
    epoch: i64,
    card: &StoredCard,
    keyed: Option<(&str, &Record)>,
    most: u32,
) -> Result<Option<Record>, Error> {
    let (key, record) = keyed.unzip();
    let mut call = fcall("pay1_save_method_at", TAG);
    call.arg(epoch).arg(card.user.to_string()).arg(card.id.to_string()).arg(text(card)?).arg(most);
    call.arg(key.unwrap_or_default()).arg(record.map(text).transpose()?.unwrap_or_default());
    let answer = call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)?;
    let answer = parse::list(not_stale(answer, epoch)?)?;
    let answer: Vec<String> = answer.into_iter().map(parse::text).collect::<Result<_, _>>()?;
    match (answer.first().map_or("", String::as_str), answer.get(1)) {
        ("saved", _) => Ok(None),
        ("exists", Some(kept)) => read_json(kept).map(Some),
        ("too_many", _) => Err(Error::TooManyMethods),
        ("closed", _) => Err(Error::Closed),
        (other, _) => Err(Error::Unexpected(other.to_owned())),
    }
}

/// Reads a card of any user; the caller compares the owner.
pub async fn read(redis: &Redis, id: PaymentMethodId) -> Result<Option<StoredCard>, Error> {
    let kept: Option<String> =
        cmd("GET").arg(format!("{TAG}:m:{id}")).query_async(&mut redis.connection()).await?;
    kept.map(|kept| read_json(&kept)).transpose()
}

/// A place in the list of a user's cards: a card's time (ms since 1970) and id. It stays valid if
/// the card is deleted.
pub type Place = (i64, PaymentMethodId);

/// Returns at most `limit` of a user's cards after a place, newest first. Also returns the place to
/// go on after, if there are more.
pub async fn list(
    redis: &Redis,
    user: UserId,
    after: Option<Place>,
    limit: usize,
) -> Result<(Vec<StoredCard>, Option<Place>), Error> {
    let mut connection = redis.connection();
    let index = format!("{TAG}:u:{user}:methods");
    let after = after.map(|(time, id)| (time, id.to_string()));
    let newest = after.as_ref().map_or_else(|| "+inf".to_owned(), |(time, _)| time.to_string());
    let is_after = |(id, time): &(String, i64)| {
        after.as_ref().is_none_or(|(last, last_id)| (*time, id.as_str()) < (*last, last_id.as_str()))
    };
    let (mut found, mut offset) = (Vec::new(), 0);
    loop {
        let mut ask = cmd("ZRANGE");
        ask.arg(&index).arg(&newest).arg("-inf").arg("BYSCORE").arg("REV");
        ask.arg("LIMIT").arg(offset).arg(limit + 1).arg("WITHSCORES");
        let batch: Vec<(String, i64)> = ask.query_async(&mut connection).await?;
        let is_last = batch.len() <= limit;
        offset += batch.len();
        // Cards of the same millisecond come again.
        found.extend(batch.into_iter().filter(is_after));
        if is_last || found.len() > limit {
            break;
        }
    }
    let more = found.len() > limit;
    found.truncate(limit);
    let Some((last, time)) = found.last() else { return Ok((Vec::new(), None)) };
    let last = last.parse().map_err(|_| Error::Unexpected(format!("card {last:?} in a list")))?;
    let place = more.then_some((*time, last));
    let keys: Vec<String> = found.iter().map(|(id, _)| format!("{TAG}:m:{id}")).collect();
    let kept: Vec<Option<String>> = cmd("MGET").arg(keys).query_async(&mut connection).await?;
    // A card that was deleted meanwhile is missing.
    let cards = kept.iter().flatten().map(|kept| read_json(kept)).collect::<Result<_, _>>()?;
    Ok((cards, place))
}

/// Erases a card; `false` if the user has no such card.
pub async fn delete(redis: &Redis, user: UserId, id: PaymentMethodId) -> Result<bool, Error> {
    let mut call = fcall("pay1_delete_method", TAG);
    call.arg(user.to_string()).arg(id.to_string());
    call.query_async(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)
}

pub(super) fn text<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Unexpected(error.to_string()))
}

pub(super) fn read_json<T: for<'de> Deserialize<'de>>(kept: &str) -> Result<T, Error> {
    serde_json::from_str(kept).map_err(|error| Error::Unexpected(error.to_string()))
}
