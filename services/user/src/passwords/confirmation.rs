//! The caller's password, requested again before actions that cannot be undone.

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

/// Returns the account `id` if `password` is its password.
pub(crate) async fn confirmed(app: &App, id: UserId, password: Sensitive) -> Result<User, Error> {
    let user = users::by_id(&app.database, id).await?.ok_or(Error::NotFound)?;
    let right = app.hasher.verify(password, Some(user.password_hash.clone())).await?;
    if right { Ok(user) } else { Err(Error::WrongPassword) }
}

/// Locks the account that was [`confirmed`]. Fails if its password has changed since, or if the
/// caller's session has ended, because either may happen before the transaction begins.
pub(crate) async fn lock(
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
