//! An address is proven: by its owner's token, or by the Verification Service's report of it.

use estore_contract::{Email, UserId};

use super::notice;
use crate::{
    Error,
    app::App,
    store::{
        email_changes,
        outbox::Notice,
        users::{self, User},
    },
};

/// Notes that `email` is proven: the account's own address, or the one that it moves to. `None` where it is neither, any more; a repeat is
/// harmless.
pub(super) async fn note(app: &App, id: UserId, email: &Email) -> Result<Option<User>, Error> {
    let now = app.clock.now();
    let mut transaction = app.database.begin().await?;
    // Locked before it is looked at: the token's owner and the Verification Service tell of it at the same time.
    let before = users::lock(&mut transaction, id).await?.ok_or(Error::NotFound)?;
    if let Some(user) = users::verify_email(&mut *transaction, id, email, now).await? {
        transaction.commit().await?;
        if !before.profile.email_verified {
            app.metrics.verified.inc();
        }
        return Ok(Some(user));
    }
    match email_changes::fulfil(&mut *transaction, id, email, now).await {
        Ok(true) => {}
        Ok(false) => return Ok(None),
        // Somebody registered it in this moment.
        Err(sqlx::Error::Database(refused)) if refused.is_unique_violation() => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    notice::push(app, &mut transaction, &before.profile, Notice::EmailChanged).await?;
    let user = users::by_id(&mut *transaction, id).await?;
    transaction.commit().await?;
    app.mail.notify_one();
    Ok(user)
}
