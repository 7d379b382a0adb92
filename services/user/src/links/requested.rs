//! Emails with a link that anyone can request, by the address alone.

use estore_base::random;
use estore_contract::{
    Email, UserId,
    text::PersonName,
    user::{Profile, UserStatus},
    verification::Purpose,
};
use estore_stores::pg;
use uuid::Uuid;

use crate::{
    Error,
    app::App,
    store::{
        links::{self as stored, Kind, NewLink, Registrations},
        outbox::{self, Mail},
        users,
    },
};

/// Sends an email with a link of this kind to `email`, if an account has the address and may get
/// one. A registration link repeats the registration of an unverified account; a reset link sets a
/// new password. If no email may be sent, does the same work, so that it takes the same time.
pub(crate) async fn send(app: &App, email: &Email, kind: Kind, purpose: Purpose) -> Result<(), Error> {
    let (id, now) = (random::uuid_v7(app.clock.as_ref()), app.clock.now());
    let mut transaction = pg::begin(&app.database).await?;
    // The lock makes any change that invalidates links come before or after this whole transaction.
    let user = users::lock_by_email(&mut transaction, email).await?;
    let user = user.filter(|user| user.profile.status == UserStatus::Active);
    let whose = user.as_ref().map_or(UserId(Uuid::nil()), |user| user.profile.id);
    let registrations = stored::registrations(&mut *transaction, whose).await?;
    let (kind, purpose, registration) = match (kind, registrations) {
        (Kind::Registration, Registrations::One(registration)) => (kind, purpose, Some(registration)),
        // Any of them may be a stranger's, whose password must not become the account's. A reset
        // verifies the address too, with a password that the owner chooses then.
        (Kind::Registration, Registrations::Several) => (Kind::Reset, Purpose::PasswordReset, None),
        _ => (kind, purpose, None),
    };
    users::await_proof(&mut *transaction, whose, now).await?;
    if let Some(user) = user.filter(|_| kind == Kind::Reset || registration.is_some()) {
        let profile = &user.profile;
        let (name, locale) =
            (addressee_name(profile), registration.as_ref().map_or(profile.locale, |r| r.locale));
        let mail = Mail { id, user: whose, email, purpose, name, notice: None, locale };
        outbox::push_link(&mut transaction, mail, now).await?;
        let link = NewLink { mail: id, user: whose, kind, email, registration: registration.as_ref() };
        stored::add(&mut *transaction, link, now).await?;
    } else {
        outbox::pretend(&mut transaction, id, email, purpose, now).await?;
        // No email has this id, so nothing is added.
        let (mail, kind) = (random::uuid_v4(), Kind::Reset);
        let link = NewLink { mail, user: whose, kind, email, registration: None };
        stored::add(&mut *transaction, link, now).await?;
    }
    pg::commit(transaction).await?;
    app.mail.notify_one();
    Ok(())
}

/// Returns the name for the account's owner in an email to the account's address. As long as the
/// address is not verified, nobody has vouched for the account's name.
pub(crate) fn addressee_name(profile: &Profile) -> &str {
    if profile.email_verified { profile.name.as_str() } else { PersonName::placeholder_text(profile.locale) }
}
