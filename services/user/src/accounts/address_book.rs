//! Changes of an address book. Each is decided under the lock on the account.

use estore_base::random;
use estore_contract::{
    AddressId, UserId,
    user::{AddressBody, SavedAddress},
};
use estore_stores::pg;
use sqlx::PgConnection;

use crate::{
    Error,
    app::App,
    store::{
        addresses::{self, MOST},
        users,
    },
};

/// An entry that a request asked for.
pub(crate) enum Added {
    /// The request added it.
    New(SavedAddress),
    /// It was in the book before.
    Known(SavedAddress),
}

/// Adds an entry, unless the book has the same one. A client that lost the answer may repeat the
/// request.
pub(crate) async fn add(app: &App, user: UserId, body: &AddressBody) -> Result<Added, Error> {
    let mut transaction = pg::begin(&app.database).await?;
    users::lock(&mut transaction, user).await?.ok_or(Error::NotFound)?;
    let now = app.clock.now();
    let known = addresses::same(&mut *transaction, user, body).await?;
    let (id, is_default) = if let Some(id) = known {
        (id, body.is_default)
    } else {
        let (entries, defaults) = addresses::count(&mut *transaction, user).await?;
        if entries >= MOST {
            return Err(Error::TooManyAddresses);
        }
        let id = AddressId(random::uuid_v7(app.clock.as_ref()));
        addresses::insert(&mut *transaction, user, id, body, now).await?;
        (id, body.is_default.or((defaults == 0).then_some(true)))
    };
    addresses::mark(&mut transaction, user, id, is_default, now).await?;
    let entry = addresses::read(&mut *transaction, user, id).await?.ok_or(Error::NotFound)?;
    pg::commit(transaction).await?;
    Ok(if known.is_some() { Added::Known(entry) } else { Added::New(entry) })
}

/// Replaces an entry.
pub(crate) async fn replace(
    app: &App,
    user: UserId,
    id: AddressId,
    body: &AddressBody,
) -> Result<SavedAddress, Error> {
    let mut transaction = pg::begin(&app.database).await?;
    users::lock(&mut transaction, user).await?.ok_or(Error::NotFound)?;
    if !addresses::replace(&mut *transaction, user, id, body).await? {
        return Err(Error::NotFound);
    }
    addresses::mark(&mut transaction, user, id, body.is_default, app.clock.now()).await?;
    let entry = addresses::read(&mut *transaction, user, id).await?.ok_or(Error::NotFound)?;
    pg::commit(transaction).await?;
    Ok(entry)
}

/// Deletes an entry.
pub(crate) async fn remove(app: &App, user: UserId, id: AddressId) -> Result<(), Error> {
    let mut transaction = pg::begin(&app.database).await?;
    users::lock(&mut transaction, user).await?.ok_or(Error::NotFound)?;
    if !addresses::delete(&mut transaction, user, id, app.clock.now()).await? {
        return Err(Error::NotFound);
    }
    Ok(pg::commit(transaction).await?)
}

/// Fails if the book is full and has no default entry, so that a new address of the account would
/// find no room.
pub(crate) async fn has_room(db: &mut PgConnection, user: UserId) -> Result<(), Error> {
    let (entries, defaults) = addresses::count(db, user).await?;
    if entries >= MOST && defaults == 0 { Err(Error::TooManyAddresses) } else { Ok(()) }
}
