//! The caller's password, asked for again before what cannot be undone.

use estore_contract::{Sensitive, UserId, introspection::Principal};
use sqlx::PgConnection;

use crate::{
    Error,
    app::App,
    store::{
        sessions,
        users::{self, User},
    },
};

/// The account of `id`, where `password` is its password.
pub(super) async fn confirmed(app: &App, id: UserId, password: Sensitive) -> Result<User, Error> {
    let user = users::by_id(&app.database, id).await?.ok_or(Error::NotFound)?;
    let right = app.hasher.verify(password, Some(user.password_hash.clone())).await?;
    if right { Ok(user) } else { Err(Error::WrongPassword) }
}

/// The account that was [`confirmed`], locked. Refuses if its password was changed since, or the caller's session has ended: what was
/// found before the transaction may not be true any more.
pub(super) async fn lock(
    app: &App,
    transaction: &mut PgConnection,
    caller: &Principal,
    confirmed: &User,
) -> Result<User, Error> {
    let user = users::lock(transaction, caller.user_id).await?.ok_or(Error::SessionEnded)?;
    if user.password_hash != confirmed.password_hash {
        return Err(Error::WrongPassword);
    }
    if !sessions::hold(transaction, caller.session_id, app.clock.now()).await? {
        return Err(Error::SessionEnded);
    }
    Ok(user)
}
