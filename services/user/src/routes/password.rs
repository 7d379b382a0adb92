//! The caller's password, asked for again before what cannot be undone.

use estore_contract::{Sensitive, UserId};

use crate::{
    Error,
    app::App,
    store::users::{self, User},
};

/// The account of `id`, where `password` is its password.
pub(super) async fn confirmed(app: &App, id: UserId, password: Sensitive) -> Result<User, Error> {
    let user = users::by_id(&app.database, id).await?.ok_or(Error::NotFound)?;
    let right = app.hasher.verify(password, Some(user.password_hash.clone())).await?;
    if right { Ok(user) } else { Err(Error::WrongPassword) }
}
