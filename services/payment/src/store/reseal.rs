//! What is kept under the keys of `CARD_KEYS`: cards, and the records of Idempotency-Keys. Each is one JSON string, and is replaced
//! only where it is still the one that was read.

use estore_contract::UserId;
use estore_kit::redis::{Redis, fcall, fcall_ro};
use redis::Cmd;

use super::{
    TAG,
    methods::{Record, read_json, text},
};
use crate::{Error, domain::StoredCard};

/// Something, and how it stands in the store.
#[derive(Debug, Clone)]
pub struct Kept<T> {
    /// What it says.
    pub value: T,
    json: String,
}

/// What a user has under keys.
#[derive(Debug, Clone)]
pub struct Sealed {
    /// Whose it is.
    pub user: UserId,
    /// The saved cards.
    pub cards: Vec<Kept<StoredCard>>,
    /// The records, each with its Idempotency-Key.
    pub records: Vec<(String, Kept<Record>)>,
}

fn kept<T: for<'de> serde::Deserialize<'de>>(json: String) -> Result<Kept<T>, Error> {
    Ok(Kept { value: read_json(&json)?, json })
}

/// A user, cards, and keys with their records.
type Row = (String, Vec<String>, Vec<(String, String)>);

/// What these users have, of those who have any: one round trip.
pub async fn read(redis: &Redis, users: &[UserId]) -> Result<Vec<Sealed>, Error> {
    let mut call = fcall_ro("pay1_sealed", TAG);
    for user in users {
        call.arg(user.to_string());
    }
    let rows: Vec<Row> = call.query_async(&mut redis.connection()).await?;
    rows.into_iter()
        .map(|(user, cards, records)| {
            Ok(Sealed {
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

/// Replaces a card; `false` where it is gone, or another by now.
pub async fn card(redis: &Redis, before: &Kept<StoredCard>, after: &StoredCard) -> Result<bool, Error> {
    let mut call = fcall("pay1_reseal", TAG);
    call.arg(after.id.to_string()).arg(&before.json).arg(text(after)?);
    changed(redis, &call).await
}

/// Replaces the record of a key, or forgets it; `false` where it is gone, or another by now.
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
    Ok(call.query_async::<i64>(&mut redis.connection()).await.map_err(Error::Write)? == 1)
}
