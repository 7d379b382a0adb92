//! The data encrypted or fingerprinted under the keys of `CARD_KEYS`: cards, and the records of
//! idempotency keys. Each is one JSON string, and is replaced only if it has not changed since it
//! was read.

use estore_contract::UserId;
use estore_stores::redis::{Redis, fcall, fcall_ro};
use redis::Cmd;

use super::{
    TAG,
    methods::{Record, read_json, text},
};
use crate::{Error, domain::StoredCard};

/// A value, and its text in the store.
#[derive(Debug, Clone)]
pub struct Kept<T> {
    /// The parsed value.
    pub value: T,
    json: String,
}

/// The data of a user under the keys.
#[derive(Debug, Clone)]
pub struct EncryptedData {
    pub user: UserId,
    /// The saved cards.
    pub cards: Vec<Kept<StoredCard>>,
    /// The records, each with its idempotency key.
    pub records: Vec<(String, Kept<Record>)>,
}

fn kept<T: for<'de> serde::Deserialize<'de>>(json: String) -> Result<Kept<T>, Error> {
    Ok(Kept { value: read_json(&json)?, json })
}

/// A user, cards, and idempotency keys with their records.
type Row = (String, Vec<String>, Vec<(String, String)>);

/// Reads the data of those of these users who have any, in one round trip.
pub async fn read(redis: &Redis, users: &[UserId]) -> Result<Vec<EncryptedData>, Error> {
    let mut call = fcall_ro("pay1_sealed", TAG);
    for user in users {
        call.arg(user.to_string());
    }
    let rows: Vec<Row> = call.query_async(&mut redis.connection()).await?;
    rows.into_iter()
        .map(|(user, cards, records)| {
            Ok(EncryptedData {
                user: user.parse().map_err(|_| Error::Unexpected(format!("cards of {user:?}")))?,
                cards: cards.into_iter().map(kept).collect::<Result<_, _>>()?,
                records: records
                    .into_iter()
                    .map(|(key, record)| Ok((key, kept(record)?)))
                    .collect::<Result<_, Error>>()?,
            })
        })
        .collect()
}

/// Replaces a card; `false` if it is gone or has changed.
pub async fn card(redis: &Redis, before: &Kept<StoredCard>, after: &StoredCard) -> Result<bool, Error> {
    let mut call = fcall("pay1_reseal", TAG);
    call.arg(after.id.to_string()).arg(&before.json).arg(text(after)?);
    changed(redis, &call).await
}

/// Replaces the record of a key, or erases it; `false` if it is gone or has changed.
pub async fn record(
    redis: &Redis,
    user: UserId,
    key: &str,
    before: &Kept<Record>,
    after: Option<&Record>,
) -> Result<bool, Error> {
    let mut call = fcall("pay1_renew_record", TAG);
    call.arg(user.to_string()).arg(key).arg(&before.json);
    call.arg(after.map(text).transpose()?.unwrap_or_default());
    changed(redis, &call).await
}

async fn changed(redis: &Redis, call: &Cmd) -> Result<bool, Error> {
    Ok(call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::OutcomeUnknown)? == 1)
}
