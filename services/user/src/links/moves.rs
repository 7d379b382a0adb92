//! Links that move an account to another address, and links that undo the move.

use estore_base::random;
use estore_contract::{
    Email,
    text::PersonName,
    user::UserStatus,
    verification::{LinkOutcome, Purpose},
};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{send, send_promised};
use crate::{
    Error,
    accounts::{self, Place},
    app::App,
    store::{
        links::{self, Kind},
        outbox::Mail,
        users::{self, User},
    },
};

/// Moves the account to `new`, unless another account holds that address. The owner of the old
/// address gets a link that moves the account back.
pub(super) async fn make(
    app: &App,
    db: &mut PgConnection,
    user: &User,
    mail: Uuid,
    new: &Email,
) -> Result<LinkOutcome, Error> {
    let (id, old, now) = (user.profile.id, &user.profile.email, app.clock.now());
    if !accounts::vacate(db, new, now).await? {
        links::end(db, mail, LinkOutcome::Superseded, now).await?;
        return Ok(LinkOutcome::Superseded);
    }
    move_to(app, db, user, new).await?;
    links::decide(&mut *db, id, mail, LinkOutcome::Moved, None, now).await?;
    send(db, letter(app, user, old, Purpose::EmailChanged), Kind::Undo, None, now).await?;
    Ok(LinkOutcome::Moved)
}

/// Stops or undoes a move of the account away from `old`, by the link in the email `mail`. If the
/// account has moved, it gets its old address back and all its sessions end. Its password is
/// replaced by `random_hash`, the hash of a password that nobody knows. The old address then gets a
/// link to set a new password.
pub(crate) async fn undo(
    app: &App,
    db: &mut PgConnection,
    user: &User,
    old: &Email,
    mail: Uuid,
    random_hash: &str,
) -> Result<LinkOutcome, Error> {
    let (id, now) = (user.profile.id, app.clock.now());
    let Some(link) = links::find(&mut *db, id, old, mail).await? else { return Ok(LinkOutcome::Superseded) };
    if let Some(outcome) = link.outcome {
        return Ok(outcome);
    }
    let outcome = if user.profile.email == *old {
        links::stop_moves(&mut *db, id, now).await?;
        LinkOutcome::Stopped
    } else if accounts::vacate(db, old, now).await? {
        move_to(app, db, user, old).await?;
        accounts::replace_password(db, id, random_hash, &Place::default(), now).await?;
        LinkOutcome::Reverted
    } else {
        LinkOutcome::Superseded
    };
    match outcome {
        LinkOutcome::Reverted => {
            links::decide(&mut *db, id, mail, outcome, None, now).await?;
            if user.profile.status == UserStatus::Active {
                send_promised(db, letter(app, user, old, Purpose::PasswordReset), Kind::Reset, now).await?;
            }
        }
        _ => links::end(db, mail, outcome, now).await?,
    }
    Ok(outcome)
}

/// Builds an email that contains no text written by the account's owner, or by anyone who claims to
/// be the owner.
pub(crate) fn letter<'a>(app: &App, user: &User, email: &'a Email, purpose: Purpose) -> Mail<'a> {
    let locale = user.profile.locale;
    Mail {
        id: random::uuid_v7(app.clock.as_ref()),
        user: user.profile.id,
        email,
        purpose,
        name: PersonName::placeholder_text(locale),
        notice: None,
        locale,
    }
}

async fn move_to(app: &App, db: &mut PgConnection, user: &User, email: &Email) -> Result<(), Error> {
    match users::move_to(db, user.profile.id, email, app.clock.now()).await {
        // Another request registers the address at this moment. On the next attempt that
        // registration is unverified and does not block the move.
        Err(sqlx::Error::Database(refused)) if refused.is_unique_violation() => Err(Error::Contended),
        moved => Ok(moved?),
    }
}
