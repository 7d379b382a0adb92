//! Account changes that several endpoints and jobs share. Each function does the whole change, so
//! that no caller can leave a part out.

pub(crate) mod address_book;
pub(crate) mod me;
pub(crate) mod notices;

use estore_contract::{Email, SessionId, UserId, user::UserStatus};
use sqlx::PgConnection;
use time::OffsetDateTime;

use crate::store::{
    erasures::{self, Holders},
    known_networks::{self, NetworkHash},
    links, outbox, sessions,
    users::{self, User},
};

/// The session and the network of the owner who replaces a password.
#[derive(Debug, Default)]
pub(crate) struct Place {
    pub(crate) session: Option<SessionId>,
    pub(crate) networks: Vec<NetworkHash>,
}

/// Sets a new password, and ends every session. No network is known any more, because somebody who
/// knew the old password may have logged in there. All this leaves out `but`.
pub(crate) async fn set_password(
    db: &mut PgConnection,
    id: UserId,
    hash: &str,
    but: &Place,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    users::set_password(&mut *db, id, hash, now).await?;
    known_networks::forget_of(&mut *db, id, &but.networks).await?;
    sessions::end_all(db, id, but.session, now).await
}

/// Does the same, and ends every link that is still waiting to be pressed.
pub(crate) async fn replace_password(
    db: &mut PgConnection,
    id: UserId,
    hash: &str,
    but: &Place,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    set_password(&mut *db, id, hash, but, now).await?;
    links::void(db, id, now).await
}

/// Ends every session of an account, except `but`, and every link that is still waiting to be
/// pressed.
pub(crate) async fn end_sessions_and_links(
    db: &mut PgConnection,
    id: UserId,
    but: Option<SessionId>,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    sessions::end_all(&mut *db, id, but, now).await?;
    links::void(db, id, now).await
}

/// Removes an account and its queued emails, and enqueues the erasure of its data in the services
/// that may hold some.
pub(crate) async fn remove(
    db: &mut PgConnection,
    id: UserId,
    holders: Holders,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    outbox::drop_of(&mut *db, id).await?;
    users::erase(&mut *db, id).await?;
    erasures::push(db, id, holders, now).await
}

/// Reports whether an account keeps its email address from others. Registering an address without
/// verifying it does not; being disabled by an admin does.
pub(crate) fn holds_address(user: &User) -> bool {
    user.profile.email_verified || user.profile.status == UserStatus::Disabled
}

/// Frees `email` from an account that has not verified it. Returns `false` if an account holds the
/// address.
pub(crate) async fn vacate(
    db: &mut PgConnection,
    email: &Email,
    now: OffsetDateTime,
) -> Result<bool, sqlx::Error> {
    match users::lock_by_email(db, email).await? {
        Some(user) if holds_address(&user) => Ok(false),
        Some(user) => remove(db, user.profile.id, Holders::OfUnverified, now).await.map(|()| true),
        None => Ok(true),
    }
}
