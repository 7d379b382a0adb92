//! Saved cards: each one JSON string.

use estore_contract::{PaymentMethodId, UserId};
use estore_kit::redis::{Redis, fcall, fcall_ro};
use redis::cmd;
use serde::{Deserialize, Serialize};

use super::{TAG, not_older, parse};
use crate::{Error, domain::StoredCard};

/// What is kept of a request with an Idempotency-Key: its keyed fingerprint, and what was answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Record {
    /// Which of our keys made the fingerprint.
    pub key_id: String,
    /// Of the card's data, keyed: without the key nobody can try numbers against it.
    pub fingerprint: String,
    /// The answer.
    pub answer: estore_contract::payment::PaymentMethod,
}

/// The record of an Idempotency-Key, where it is one of the user's latest 100.
pub async fn record(redis: &Redis, user: UserId, key: &str) -> Result<Option<Record>, Error> {
    let kept: Option<String> = cmd("HGET")
        .arg(format!("{TAG}:u:{user}:records"))
        .arg(key)
        .query_async(&mut redis.connection())
        .await?;
    kept.map(|kept| read_json(&kept)).transpose()
}

/// Saves a card in a store that is not older than `epoch`, with the record of its key, if its user has fewer than `most`;
/// `Some` is the record of one that came first.
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
    let answer = call.query_async(&mut redis.connection()).await.map_err(Error::Write)?;
    let answer = parse::list(not_older(answer, epoch)?)?;
    let answer: Vec<String> = answer.into_iter().map(parse::text).collect::<Result<_, _>>()?;
    match (answer.first().map_or("", String::as_str), answer.get(1)) {
        ("saved", _) => Ok(None),
        ("exists", Some(kept)) => read_json(kept).map(Some),
        ("too_many", _) => Err(Error::TooManyMethods),
        ("closed", _) => Err(Error::Closed),
        (other, _) => Err(Error::Unexpected(other.to_owned())),
    }
}

/// A card, whoever's it is: the caller compares.
pub async fn read(redis: &Redis, id: PaymentMethodId) -> Result<Option<StoredCard>, Error> {
    let kept: Option<String> =
        cmd("GET").arg(format!("{TAG}:m:{id}")).query_async(&mut redis.connection()).await?;
    kept.map(|kept| read_json(&kept)).transpose()
}

/// A user's cards, newest first, after the one with the id `after`.
pub async fn list(
    redis: &Redis,
    user: UserId,
    after: Option<PaymentMethodId>,
    limit: usize,
) -> Result<Vec<StoredCard>, Error> {
    let mut call = fcall_ro("pay1_methods", TAG);
    call.arg(user.to_string()).arg(after.map(|after| after.to_string()).unwrap_or_default()).arg(limit);
    let kept: Vec<String> = call.query_async(&mut redis.connection()).await?;
    kept.iter().map(|kept| read_json(kept)).collect()
}

/// Erases a card; `false` where the user has no such one.
pub async fn delete(redis: &Redis, user: UserId, id: PaymentMethodId) -> Result<bool, Error> {
    let mut call = fcall("pay1_delete_method", TAG);
    call.arg(user.to_string()).arg(id.to_string());
    call.query_async(&mut redis.connection()).await.map_err(Error::Write)
}

pub(super) fn text<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Unexpected(error.to_string()))
}

pub(super) fn read_json<T: for<'de> Deserialize<'de>>(kept: &str) -> Result<T, Error> {
    serde_json::from_str(kept).map_err(|error| Error::Unexpected(error.to_string()))
}
