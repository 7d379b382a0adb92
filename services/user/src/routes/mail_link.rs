//! A mail with a link that anybody can ask for, by the address alone.

use estore_contract::{Email, user::UserStatus, verification::Purpose};
use estore_kit::random;

use crate::{
    Error,
    app::App,
    store::{
        outbox::{self, Mail},
        users,
    },
};

/// Mails a link to `email` where it has an account that `wanted` says yes to, by its status and whether the address is verified. The same
/// is done, and takes the same time, where not.
pub(super) async fn send(
    app: &App,
    email: &Email,
    purpose: Purpose,
    wanted: impl FnOnce(UserStatus, bool) -> bool,
) -> Result<(), Error> {
    let (id, now) = (random::uuid_v7(app.clock.as_ref()), app.clock.now());
    let mut transaction = app.database.begin().await?;
    // Held: what disabling or closing the account cancels is not asked for beside it.
    let user = users::hold_by_email(&mut *transaction, email).await?;
    match user.filter(|user| wanted(user.profile.status, user.profile.email_verified)) {
        Some(user) => {
            let profile = &user.profile;
            let (user, name, locale) = (profile.id, profile.name.as_str(), profile.locale);
            let mail = Mail { id, user, email, purpose, name, notice: None, locale };
            outbox::push_link(&mut transaction, mail, now).await?;
        }
        None => outbox::pretend(&mut transaction, id, email, purpose, now).await?,
    }
    transaction.commit().await?;
    app.mail.notify_one();
    Ok(())
}
