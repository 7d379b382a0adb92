//! Accounts.

use estore_contract::{
    Email, UserId,
    introspection::Role,
    text::{PersonName, Phone},
    user::{Address, KeptAddress, Profile, ProfilePatch, UserPatch, UserStatus},
    verification::Locale,
};
use estore_stores::pg;
use sqlx::{FromRow, PgConnection, PgExecutor, Row, postgres::PgRow, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::domain::Search;

/// An account as stored.
#[derive(Debug, Clone)]
pub struct User {
    /// The part that its owner sees.
    pub profile: Profile,
    /// The PHC string of its password.
    pub password_hash: String,
}

impl<'r> FromRow<'r, PgRow> for User {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        let name: String = row.try_get("name")?;
        let address: Option<Json<KeptAddress>> = row.try_get("shipping_address")?;
        let profile = Profile {
            id: UserId(row.try_get("id")?),
            email: pg::parsed(row, "email")?,
            email_verified: row.try_get::<Option<OffsetDateTime>, _>("email_verified_at")?.is_some(),
            role: pg::parsed(row, "role")?,
            status: pg::parsed(row, "status")?,
            name: PersonName::kept(name),
            phone: row.try_get::<Option<String>, _>("phone")?.map(Phone::kept),
            shipping_address: address.map(|Json(address)| address.into()),
            locale: pg::parsed(row, "locale")?,
            created_at: row.try_get("created_at")?,
        };
        Ok(Self { profile, password_hash: row.try_get("password_hash")? })
    }
}

/// A new account.
#[derive(Debug)]
pub struct NewUser<'a> {
    /// The id of the account.
    pub id: UserId,
    /// The email address of the account.
    pub email: &'a Email,
    /// True if the address counts as verified from the start.
    pub verified: bool,
    /// The PHC string of its password.
    pub password_hash: &'a str,
    /// The role of the account.
    pub role: Role,
    /// The name of its owner.
    pub name: &'a PersonName,
    /// The language of emails.
    pub locale: Locale,
}

/// Adds an account. Returns `false` if the address has one already, even one added a moment ago.
pub async fn insert(
    db: &mut PgConnection,
    user: NewUser<'_>,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO users (id, email, email_verified_at, password_hash, role, name, locale, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (email) DO NOTHING",
    )
    .bind(user.id.0)
    .bind(user.email.as_str())
    .bind(user.verified.then_some(now))
    .bind(user.password_hash)
    .bind(user.role.as_str())
    .bind(user.name.as_str())
    .bind(user.locale.as_str())
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Registers an address that is not verified. Adds an account, or registers an unverified account
/// again, which then has the password of the latest registration. This grants no access: the
/// pressed link decides which registration counts. Returns the account's id, or `None` if the
/// address belongs to a verified or disabled account.
pub async fn register(
    db: &mut PgConnection,
    user: NewUser<'_>,
    now: OffsetDateTime,
) -> Result<Option<UserId>, sqlx::Error> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "INSERT INTO users (id, email, password_hash, role, name, locale, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash,
            unverified_since = excluded.created_at, updated_at = excluded.updated_at
            WHERE users.email_verified_at IS NULL AND users.status = 'active' RETURNING id",
    )
    .bind(user.id.0)
    .bind(user.email.as_str())
    .bind(user.password_hash)
    .bind(user.role.as_str())
    .bind(user.name.as_str())
    .bind(user.locale.as_str())
    .bind(now)
    .fetch_optional(db)
    .await?;
    Ok(id.map(UserId))
}

/// Returns the account with this address.
pub async fn by_email(db: impl PgExecutor<'_>, email: &Email) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE email = $1").bind(email.as_str()).fetch_optional(db).await
}

/// Returns the account with an id, and keeps others from changing it until the transaction ends.
pub async fn hold(db: impl PgExecutor<'_>, id: UserId) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE id = $1 FOR SHARE").bind(id.0).fetch_optional(db).await
}

/// Returns the account with an id.
pub async fn by_id(db: impl PgExecutor<'_>, id: UserId) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id.0).fetch_optional(db).await
}

/// Returns the accounts with these ids. Leaves out those that no longer exist.
pub async fn by_ids(db: impl PgExecutor<'_>, ids: &[UserId]) -> Result<Vec<User>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query_as("SELECT * FROM users WHERE id = ANY($1)").bind(ids).fetch_all(db).await
}

/// Locks the account with this address, to be changed.
pub async fn lock_by_email(db: &mut PgConnection, email: &Email) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE email = $1 FOR UPDATE")
        .bind(email.as_str())
        .fetch_optional(db)
        .await
}

/// Marks an account's address as verified, and gives the account the data that its owner confirmed
/// with it.
pub async fn prove(
    db: impl PgExecutor<'_>,
    id: UserId,
    password_hash: &str,
    name: &PersonName,
    locale: Locale,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        "UPDATE users SET email_verified_at = coalesce(email_verified_at, $5), password_hash = $2, name = $3, locale = $4,
            updated_at = $5 WHERE id = $1",
    )
    .bind(id.0)
    .bind(password_hash)
    .bind(name.as_str())
    .bind(locale.as_str())
    .bind(now)
    .execute(db)
    .await?;
    Ok(())
}

/// Gives an account another, verified address.
pub async fn move_to(
    db: impl PgExecutor<'_>,
    id: UserId,
    email: &Email,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE users SET email = $2, email_verified_at = $3, updated_at = $3 WHERE id = $1")
        .bind(id.0)
        .bind(email.as_str())
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Restarts the time that an account with an unverified address has to verify it.
pub async fn await_proof(
    db: impl PgExecutor<'_>,
    id: UserId,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE users SET unverified_since = $2 WHERE id = $1 AND email_verified_at IS NULL")
        .bind(id.0)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Locks at most `limit` accounts that have been unverified since before `before`. The time counts
/// from the registration, or from the latest request for another email. Disabled accounts are kept.
/// Other workers skip the locked accounts.
pub async fn lock_unproven(
    db: &mut PgConnection,
    before: OffsetDateTime,
    limit: i64,
) -> Result<Vec<UserId>, sqlx::Error> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "SELECT id FROM users WHERE email_verified_at IS NULL AND status = 'active' AND coalesce(unverified_since, created_at) < $1
         ORDER BY coalesce(unverified_since, created_at) LIMIT $2 FOR UPDATE SKIP LOCKED",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// Locks an account that is about to be changed.
pub async fn lock(db: &mut PgConnection, id: UserId) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE id = $1 FOR UPDATE").bind(id.0).fetch_optional(db).await
}

/// Locks every active admin. Until the transaction ends, none of them can be demoted or disabled.
pub async fn lock_admins(db: &mut PgConnection) -> Result<Vec<UserId>, sqlx::Error> {
    let ids = sqlx::query_scalar(
        "SELECT id FROM users WHERE role = 'admin' AND status = 'active' ORDER BY id FOR UPDATE",
    );
    Ok(ids.fetch_all(db).await?.into_iter().map(UserId).collect())
}

pub async fn set_password(
    db: impl PgExecutor<'_>,
    id: UserId,
    hash: &str,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE users SET password_hash = $2, updated_at = $3 WHERE id = $1")
        .bind(id.0)
        .bind(hash)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// Erases an account, with its sessions.
pub async fn erase(db: impl PgExecutor<'_>, id: UserId) -> Result<(), sqlx::Error> {
    sqlx::query("DELETE FROM users WHERE id = $1").bind(id.0).execute(db).await?;
    Ok(())
}

/// Replaces the hash `old` with one of the same password and today's parameters. Returns `false` if
/// it was replaced meanwhile.
pub async fn rehash(db: impl PgExecutor<'_>, id: UserId, old: &str, new: &str) -> Result<bool, sqlx::Error> {
    // The condition covers only the hash that was verified: a password changed meanwhile stays
    // changed.
    let done = sqlx::query("UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2")
        .bind(id.0)
        .bind(old)
        .bind(new)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Changes the fields that an owner may change. `address` is the result of applying the change to
/// the stored address. The caller holds the lock on the account.
pub async fn patch_profile(
    db: impl PgExecutor<'_>,
    id: UserId,
    patch: &ProfilePatch,
    address: Option<&Address>,
    now: OffsetDateTime,
) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as(
        "UPDATE users SET name = coalesce($2, name), locale = coalesce($3, locale),
            phone = CASE WHEN $4 THEN $5 ELSE phone END,
            shipping_address = CASE WHEN $6 THEN $7 ELSE shipping_address END, updated_at = $8
         WHERE id = $1 RETURNING *",
    )
    .bind(id.0)
    .bind(patch.name.as_ref().map(PersonName::as_str))
    .bind(patch.locale.map(Locale::as_str))
    .bind(patch.phone.is_some())
    .bind(patch.phone.as_ref().and_then(Option::as_ref).map(Phone::as_str))
    .bind(patch.shipping_address.is_some())
    .bind(address.map(Json))
    .bind(now)
    .fetch_optional(db)
    .await
}

/// Changes the fields that an admin may change.
pub async fn patch_account(
    db: impl PgExecutor<'_>,
    id: UserId,
    patch: &UserPatch,
    now: OffsetDateTime,
) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("UPDATE users SET role = coalesce($2, role), status = coalesce($3, status), updated_at = $4 WHERE id = $1 RETURNING *")
        .bind(id.0)
        .bind(patch.role.map(Role::as_str))
        .bind(patch.status.map(UserStatus::as_str))
        .bind(now)
        .fetch_optional(db)
        .await
}

/// The accounts that an admin wants to see, newest first.
#[derive(Debug, Default)]
pub struct Filter {
    /// The account with this address.
    pub email: Option<Email>,
    /// The accounts with this part in their name or address.
    pub search: Option<Search>,
    /// The accounts with this role.
    pub role: Option<Role>,
    /// The accounts with this status.
    pub status: Option<UserStatus>,
    /// The accounts after this position.
    pub after: Option<(OffsetDateTime, UserId)>,
}

/// Lists at most `limit` accounts.
pub async fn list(db: impl PgExecutor<'_>, filter: Filter, limit: usize) -> Result<Vec<User>, sqlx::Error> {
    let (time, id) = filter.after.unzip();
    sqlx::query_as(
        "SELECT * FROM users WHERE ($1::text IS NULL OR email = $1) AND ($2::text IS NULL OR role = $2)
            AND ($3::text IS NULL OR status = $3) AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5))
            AND ($7::text IS NULL OR searchable LIKE $7)
         ORDER BY created_at DESC, id DESC LIMIT $6",
    )
    // The filters decide which index is best, so every statement is planned for its own.
    .persistent(false)
    .bind(filter.email.as_ref().map(Email::as_str))
    .bind(filter.role.map(Role::as_str))
    .bind(filter.status.map(UserStatus::as_str))
    .bind(time)
    .bind(id.map(|id: UserId| id.0))
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .bind(filter.search.as_ref().map(Search::pattern))
    .fetch_all(db)
    .await
}
