//! Changes to accounts that nothing may be forgotten of, whatever asks for them.

use estore_contract::{Email, SessionId, UserId, user::UserStatus};
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::store::{
    erasures, links, outbox, sessions,
    users::{self, User},
};

/// Sets a new password: every session ends, except `but`, and so does every link that waits to be pressed.
pub(crate) async fn replace_password(
    db: &mut PgConnection,
    id: UserId,
    hash: &str,
    but: Option<SessionId>,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    users::set_password(&mut *db, id, hash, now).await?;
    shut(db, id, but, now).await
}

/// Ends every session of an account, except `but`, and every link that waits to be pressed.
pub(crate) async fn shut(
    db: &mut PgConnection,
    id: UserId,
    but: Option<SessionId>,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sessions::end_all(&mut *db, id, but, now).await?;
    links::void(db, id, now).await
}

/// Removes an account with its mails, and asks the other services to erase what they hold on it.
pub(crate) async fn remove(
    db: &mut PgConnection,
    id: UserId,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    outbox::drop_of(&mut *db, id).await?;
    users::erase(&mut *db, id).await?;
    erasures::push(db, id, now).await
}

/// Whether an account keeps its address from others. Registering an address without proving it does not; only an admin's no stays.
pub(crate) fn holds_address(user: &User) -> bool {
    user.profile.email_verified || user.profile.status == UserStatus::Disabled
}

/// Frees `email` from an account that does not prove it. `false` if an account holds the address.
pub(crate) async fn vacate(
    db: &mut PgConnection,
    email: &Email,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    match users::lock_by_email(db, email).await? {
        Some(user) if holds_address(&user) => Ok(false),
        Some(user) => remove(db, user.profile.id, now).await.map(|()| true),
        None => Ok(true),
    }
}
