//! The address book. Its default entry and `users.shipping_address` are one fact. Each function
//! that changes the default ends with [`settle`]. A trigger carries other changes of the column to
//! the entry. The caller holds the lock on the account, so that the changes of a book take turns.

use estore_contract::{
    AddressId, UserId,
    text::{Label, PersonName},
    user::{AddressBody, KeptAddress, SavedAddress},
};
use sqlx::{FromRow, PgConnection, PgExecutor, Row, postgres::PgRow, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

/// The most entries of an account.
pub const MOST: i64 = 20;

struct Stored(SavedAddress);

impl<'r> FromRow<'r, PgRow> for Stored {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        let Json(address): Json<KeptAddress> = row.try_get("address")?;
        Ok(Self(SavedAddress {
            id: AddressId(row.try_get("id")?),
            label: row.try_get::<Option<String>, _>("label")?.map(Label::kept),
            recipient: row.try_get::<Option<String>, _>("recipient")?.map(PersonName::kept),
            address: address.into(),
            is_default: row.try_get("is_default")?,
        }))
    }
}

/// Returns the entries of an account: the default first, then the newest.
pub async fn list(db: impl PgExecutor<'_>, user: UserId) -> Result<Vec<SavedAddress>, sqlx::Error> {
    let found: Vec<Stored> = sqlx::query_as(
        "SELECT * FROM addresses WHERE user_id = $1 ORDER BY is_default DESC, created_at DESC, id DESC",
    )
    .bind(user.0)
    .fetch_all(db)
    .await?;
    Ok(found.into_iter().map(|stored| stored.0).collect())
}

/// Returns one entry of an account.
pub async fn read(
    db: impl PgExecutor<'_>,
    user: UserId,
    id: AddressId,
) -> Result<Option<SavedAddress>, sqlx::Error> {
    let found: Option<Stored> = sqlx::query_as("SELECT * FROM addresses WHERE user_id = $1 AND id = $2")
        .bind(user.0)
        .bind(id.0)
        .fetch_optional(db)
        .await?;
    Ok(found.map(|stored| stored.0))
}

/// Counts the entries of an account, and those among them that are the default.
pub async fn count(db: impl PgExecutor<'_>, user: UserId) -> Result<(i64, i64), sqlx::Error> {
    sqlx::query_as("SELECT count(*), count(*) FILTER (WHERE is_default) FROM addresses WHERE user_id = $1")
        .bind(user.0)
        .fetch_one(db)
        .await
}

/// Returns the entry that has the same label, recipient and address as `body`.
pub async fn same(
    db: impl PgExecutor<'_>,
    user: UserId,
    body: &AddressBody,
) -> Result<Option<AddressId>, sqlx::Error> {
    let found: Option<Uuid> = sqlx::query_scalar(
        "SELECT id FROM addresses WHERE user_id = $1 AND label IS NOT DISTINCT FROM $2
            AND recipient IS NOT DISTINCT FROM $3 AND address = $4 ORDER BY is_default DESC LIMIT 1",
    )
    .bind(user.0)
    .bind(body.label.as_ref().map(Label::as_str))
    .bind(body.recipient.as_ref().map(PersonName::as_str))
    .bind(Json(&body.address))
    .fetch_optional(db)
    .await?;
    Ok(found.map(AddressId))
}

/// Adds an entry, which is not the default.
pub async fn insert(
    db: impl PgExecutor<'_>,
    user: UserId,
    id: AddressId,
    body: &AddressBody,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "INSERT INTO addresses (id, user_id, label, recipient, address, is_default, created_at)
         VALUES ($1, $2, $3, $4, $5, false, $6)",
    )
    .bind(id.0)
    .bind(user.0)
    .bind(body.label.as_ref().map(Label::as_str))
    .bind(body.recipient.as_ref().map(PersonName::as_str))
    .bind(Json(&body.address))
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Replaces label, recipient and address of an entry. Returns `false` if the account has no such
/// entry.
pub async fn replace(
    db: impl PgExecutor<'_>,
    user: UserId,
    id: AddressId,
    body: &AddressBody,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "UPDATE addresses SET label = $3, recipient = $4, address = $5 WHERE user_id = $1 AND id = $2",
    )
    .bind(user.0)
    .bind(id.0)
    .bind(body.label.as_ref().map(Label::as_str))
    .bind(body.recipient.as_ref().map(PersonName::as_str))
    .bind(Json(&body.address))
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Deletes an entry. Returns `false` if the account has no such entry.
pub async fn delete(
    db: &mut PgConnection,
    user: UserId,
    id: AddressId,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query("DELETE FROM addresses WHERE user_id = $1 AND id = $2")
        .bind(user.0)
        .bind(id.0)
        .execute(&mut *db)
        .await?;
    settle(db, user, now).await?;
    Ok(done.rows_affected() == 1)
}

/// Makes an entry the default, or an ordinary one, and settles the account's address. `None` leaves
/// the default as it is.
pub async fn mark(
    db: &mut PgConnection,
    user: UserId,
    id: AddressId,
    is_default: Option<bool>,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    if let Some(is_default) = is_default {
        // Two statements, because at no time may two entries be the default.
        sqlx::query(
            "UPDATE addresses SET is_default = false WHERE user_id = $1 AND is_default AND (id <> $2) = $3",
        )
        .bind(user.0)
        .bind(id.0)
        .bind(is_default)
        .execute(&mut *db)
        .await?;
        sqlx::query("UPDATE addresses SET is_default = true WHERE user_id = $1 AND id = $2 AND $3")
            .bind(user.0)
            .bind(id.0)
            .bind(is_default)
            .execute(&mut *db)
            .await?;
    }
    settle(db, user, now).await
}

/// Gives the account the address of its default entry, or none.
async fn settle(db: &mut PgConnection, user: UserId, now: OffsetDateTime) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE users SET updated_at = $2,
            shipping_address = (SELECT address FROM addresses WHERE user_id = $1 AND is_default)
         WHERE id = $1",
    )
    .bind(user.0)
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}
