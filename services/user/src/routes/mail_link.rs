//! A mail with a link that anybody can ask for, by the address alone.

use estore_contract::{
    Email, UserId,
    text::PersonName,
    user::{Profile, UserStatus},
    verification::Purpose,
};
use estore_kit::random;
use uuid::Uuid;

use crate::{
    Error,
    app::App,
    store::{
        links::{self as stored, Kind, NewLink},
        outbox::{self, Mail},
        users,
    },
};

/// Mails a link of this kind to `email`, if an account has the address and may get one: a registration that is not proven again, as it
/// was sent last; a link for a new password. The same is done, and takes the same time, if not.
pub(super) async fn send(app: &App, email: &Email, kind: Kind, purpose: Purpose) -> Result<(), Error> {
    let (id, now) = (random::uuid_v7(app.clock.as_ref()), app.clock.now());
    let mut transaction = app.database.begin().await?;
    // Locked: what makes links void comes before or after all of this.
    let user = users::lock_by_email(&mut transaction, email).await?;
    let user = user.filter(|user| user.profile.status == UserStatus::Active);
    let whose = user.as_ref().map_or(UserId(Uuid::nil()), |user| user.profile.id);
    let registration = stored::latest_registration(&mut *transaction, whose).await?;
    let registration = registration.filter(|_| kind == Kind::Registration);
    users::await_proof(&mut *transaction, whose, now).await?;
    match user.filter(|_| kind == Kind::Reset || registration.is_some()) {
        Some(user) => {
            let profile = &user.profile;
            let (name, locale) =
                (called(profile), registration.as_ref().map_or(profile.locale, |r| r.locale));
            let mail = Mail { id, user: whose, email, purpose, name, notice: None, locale };
            outbox::push_link(&mut transaction, mail, now).await?;
            let link = NewLink { mail: id, user: whose, kind, email, registration: registration.as_ref() };
            stored::add(&mut *transaction, link, now).await?;
        }
        None => outbox::pretend(&mut transaction, id, email, purpose, now).await?,
    }
    transaction.commit().await?;
    app.mail.notify_one();
    Ok(())
}

/// What a mail to the account's address calls its owner. Nobody has vouched for the name of an account whose address is not proven.
pub(super) fn called(profile: &Profile) -> &str {
    if profile.email_verified { profile.name.as_str() } else { PersonName::placeholder_text(profile.locale) }
}
