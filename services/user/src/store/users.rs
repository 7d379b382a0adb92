//! Accounts.

use estore_contract::{
    Email, UserId,
    introspection::Role,
    text::{PersonName, Phone},
    user::{Address, KeptAddress, Profile, ProfilePatch, UserPatch, UserStatus},
    verification::Locale,
};
use sqlx::{FromRow, PgConnection, PgExecutor, Row, postgres::PgRow, types::Json};
use time::OffsetDateTime;
use uuid::Uuid;

/// The language that a column names.
pub(super) fn locale(text: &str) -> Locale {
    if text == "de" { Locale::De } else { Locale::En }
}

/// An account as it is stored.
#[derive(Debug, Clone)]
pub struct User {
    /// What its owner sees.
    pub profile: Profile,
    /// The PHC string of its password.
    pub password_hash: String,
}

impl<'r> FromRow<'r, PgRow> for User {
    fn from_row(row: &'r PgRow) -> Result<Self, sqlx::Error> {
        let parsed = |name: &str, error: String| sqlx::Error::ColumnDecode {
            index: name.to_owned(),
            source: error.into(),
        };
        let email: String = row.try_get("email")?;
        let name: String = row.try_get("name")?;
        let phone: Option<String> = row.try_get("phone")?;
        let address: Option<Json<KeptAddress>> = row.try_get("shipping_address")?;
        let phone =
            phone.map(Phone::try_from).transpose().map_err(|error| parsed("phone", error.to_owned()))?;
        let profile = Profile {
            id: UserId(row.try_get("id")?),
            email: email.parse::<Email>().map_err(|error| parsed("email", error.to_string()))?,
            email_verified: row.try_get::<Option<OffsetDateTime>, _>("email_verified_at")?.is_some(),
            role: if row.try_get::<&str, _>("role")? == "admin" { Role::Admin } else { Role::Customer },
            status: if row.try_get::<&str, _>("status")? == "active" {
                UserStatus::Active
            } else {
                UserStatus::Disabled
            },
            name: PersonName::kept(name),
            phone,
            shipping_address: address.map(|Json(address)| address.into()),
            locale: locale(row.try_get("locale")?),
            created_at: row.try_get("created_at")?,
        };
        Ok(Self { profile, password_hash: row.try_get("password_hash")? })
    }
}

/// A new account.
#[derive(Debug)]
pub struct NewUser<'a> {
    /// Its id.
    pub id: UserId,
    /// Its address.
    pub email: &'a Email,
    /// Whether the address counts as proven from the start.
    pub verified: bool,
    /// The PHC string of its password.
    pub password_hash: &'a str,
    /// What it may do.
    pub role: Role,
    /// What its owner is called.
    pub name: &'a PersonName,
    /// The language of mails.
    pub locale: Locale,
}

/// Adds an account; `false` where the address has one already, also where it came a moment ago.
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
    .bind(role(user.role))
    .bind(user.name.as_str())
    .bind(user.locale.as_str())
    .bind(now)
    .execute(db)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Registers an address that is not proven: a new account, or once more one that is not proven either, whose password until then is the
/// one of the last registration. It opens nothing: the link that is pressed decides which registration counts. Answers the account's id;
/// `None` if the address is that of an account already.
pub async fn register(
    db: &mut PgConnection,
    user: NewUser<'_>,
    now: OffsetDateTime,
) -> Result<Option<UserId>, sqlx::Error> {
    let id: Option<Uuid> = sqlx::query_scalar(
        "INSERT INTO users (id, email, password_hash, role, name, locale, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
         ON CONFLICT (email) DO UPDATE SET password_hash = excluded.password_hash, created_at = excluded.created_at,
            updated_at = excluded.updated_at
            WHERE users.email_verified_at IS NULL AND users.status = 'active' RETURNING id",
    )
    .bind(user.id.0)
    .bind(user.email.as_str())
    .bind(user.password_hash)
    .bind(role(user.role))
    .bind(user.name.as_str())
    .bind(user.locale.as_str())
    .bind(now)
    .fetch_optional(db)
    .await?;
    Ok(id.map(UserId))
}

/// The account of an address.
pub async fn by_email(db: impl PgExecutor<'_>, email: &Email) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE email = $1").bind(email.as_str()).fetch_optional(db).await
}

/// The account with an id, which nobody changes until the transaction ends.
pub async fn hold(db: impl PgExecutor<'_>, id: UserId) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE id = $1 FOR SHARE").bind(id.0).fetch_optional(db).await
}

/// The account with an id.
pub async fn by_id(db: impl PgExecutor<'_>, id: UserId) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE id = $1").bind(id.0).fetch_optional(db).await
}

/// The accounts with these ids; those that are gone are left out.
pub async fn by_ids(db: impl PgExecutor<'_>, ids: &[UserId]) -> Result<Vec<User>, sqlx::Error> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query_as("SELECT * FROM users WHERE id = ANY($1)").bind(ids).fetch_all(db).await
}

/// The account of an address, which is about to be changed: nobody else changes it meanwhile.
pub async fn lock_by_email(db: &mut PgConnection, email: &Email) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE email = $1 FOR UPDATE")
        .bind(email.as_str())
        .fetch_optional(db)
        .await
}

/// Notes that an account's address is proven, and gives the account what its owner has said by proving it.
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

/// Gives an account another address, which is proven.
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

/// Lets an account whose address is not proven wait for that from now on.
pub async fn await_proof(
    db: impl PgExecutor<'_>,
    id: UserId,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE users SET created_at = $2 WHERE id = $1 AND email_verified_at IS NULL")
        .bind(id.0)
        .bind(now)
        .execute(db)
        .await?;
    Ok(())
}

/// At most `limit` accounts whose address nobody has proven since they were registered, or asked for another mail, before `before`. One
/// that an admin has disabled stays so. The caller may change them; others skip them meanwhile.
pub async fn lock_unproven(
    db: &mut PgConnection,
    before: OffsetDateTime,
    limit: i64,
) -> Result<Vec<UserId>, sqlx::Error> {
    let ids: Vec<Uuid> = sqlx::query_scalar(
        "SELECT id FROM users WHERE email_verified_at IS NULL AND status = 'active' AND created_at < $1
         ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED",
    )
    .bind(before)
    .bind(limit)
    .fetch_all(db)
    .await?;
    Ok(ids.into_iter().map(UserId).collect())
}

/// An account that is about to be changed: nobody else changes it meanwhile.
pub async fn lock(db: &mut PgConnection, id: UserId) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("SELECT * FROM users WHERE id = $1 FOR UPDATE").bind(id.0).fetch_optional(db).await
}

/// Every active admin: until the transaction ends nobody becomes less than that.
pub async fn lock_admins(db: &mut PgConnection) -> Result<Vec<UserId>, sqlx::Error> {
    let ids = sqlx::query_scalar(
        "SELECT id FROM users WHERE role = 'admin' AND status = 'active' ORDER BY id FOR UPDATE",
    );
    Ok(ids.fetch_all(db).await?.into_iter().map(UserId).collect())
}

/// Sets a new password.
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

/// Replaces the hash `old` by one of the same password with today's parameters. `false` if it was replaced meanwhile.
pub async fn rehash(db: impl PgExecutor<'_>, id: UserId, old: &str, new: &str) -> Result<bool, sqlx::Error> {
    // Only the hash that was verified: a password changed meanwhile stays changed.
    let done = sqlx::query("UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2")
        .bind(id.0)
        .bind(old)
        .bind(new)
        .execute(db)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Changes what the owner may change. `address` is what the change makes of the address that is kept: its account is locked.
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

/// Changes what an admin may change.
pub async fn patch_account(
    db: impl PgExecutor<'_>,
    id: UserId,
    patch: &UserPatch,
    now: OffsetDateTime,
) -> Result<Option<User>, sqlx::Error> {
    sqlx::query_as("UPDATE users SET role = coalesce($2, role), status = coalesce($3, status), updated_at = $4 WHERE id = $1 RETURNING *")
        .bind(id.0)
        .bind(patch.role.map(role))
        .bind(patch.status.map(status))
        .bind(now)
        .fetch_optional(db)
        .await
}

/// Which accounts an admin wants to see, newest first.
#[derive(Debug, Default)]
pub struct Filter {
    /// The one with this address.
    pub email: Option<Email>,
    /// Those with this role.
    pub role: Option<Role>,
    /// Those with this status.
    pub status: Option<UserStatus>,
    /// Those after this place.
    pub after: Option<(OffsetDateTime, UserId)>,
}

/// At most `limit` accounts.
pub async fn list(db: impl PgExecutor<'_>, filter: Filter, limit: usize) -> Result<Vec<User>, sqlx::Error> {
    let (time, id) = filter.after.unzip();
    sqlx::query_as(
        "SELECT * FROM users WHERE ($1::text IS NULL OR email = $1) AND ($2::text IS NULL OR role = $2)
            AND ($3::text IS NULL OR status = $3) AND ($4::timestamptz IS NULL OR (created_at, id) < ($4, $5))
         ORDER BY created_at DESC, id DESC LIMIT $6",
    )
    .bind(filter.email.as_ref().map(Email::as_str))
    .bind(filter.role.map(role))
    .bind(filter.status.map(status))
    .bind(time)
    .bind(id.map(|id: UserId| id.0))
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(db)
    .await
}

fn role(role: Role) -> &'static str {
    match role {
        Role::Customer => "customer",
        Role::Admin => "admin",
    }
}

fn status(status: UserStatus) -> &'static str {
    match status {
        UserStatus::Active => "active",
        UserStatus::Disabled => "disabled",
    }
}
