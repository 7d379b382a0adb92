//! The press of a link that proves an address.

use estore_contract::{Email, user::UserStatus, verification::LinkOutcome};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{moves, registration};
use crate::{
    Error,
    app::App,
    store::{
        links::{self, Kind, Link},
        sessions,
        users::User,
    },
};

/// What a press did.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pressed {
    /// What became of the link.
    pub(crate) outcome: LinkOutcome,
    /// Whether this press did it, and not one before.
    pub(crate) first: bool,
    /// Whether who has pressed it may be logged in.
    pub(crate) may_log_in: bool,
}

const NOTHING: Pressed = Pressed { outcome: LinkOutcome::Superseded, first: false, may_log_in: false };

/// Presses the link in the mail `mail`, which went to `email`, for `user`, whose lock the caller holds.
pub(crate) async fn press(
    app: &App,
    db: &mut PgConnection,
    user: &User,
    email: &Email,
    mail: Uuid,
) -> Result<Pressed, Error> {
    if user.profile.status == UserStatus::Disabled {
        return Ok(NOTHING);
    }
    let id = user.profile.id;
    links::adopt(&mut *db, id, email, mail).await?;
    let Some(link) = links::find(&mut *db, id, email, mail).await? else { return Ok(NOTHING) };
    if let Some(outcome) = link.outcome {
        let may_log_in = outcome == LinkOutcome::Verified && is_repeat(db, user, &link).await?;
        return Ok(Pressed { outcome, first: false, may_log_in });
    }
    let now = app.clock.now();
    let outcome = match (link.kind, &link.registration) {
        // A replica of the release before takes a registration without ending the others.
        (Kind::Registration, Some(registered)) if !user.profile.email_verified => {
            registration::apply(db, user, link.mail, registered, now).await?
        }
        (Kind::Move, _) => moves::make(app, db, user, link.mail, email).await?,
        _ => return Ok(NOTHING),
    };
    Ok(Pressed { outcome, first: true, may_log_in: outcome == LinkOutcome::Verified })
}

/// Whether a link that was pressed before may log in once more, as the answer may have been lost: nothing happened since. The password is
/// the one that it brought, and no session was ended.
async fn is_repeat(db: &mut PgConnection, user: &User, link: &Link) -> Result<bool, Error> {
    let same = link.password_hash.as_ref() == Some(&user.password_hash);
    Ok(same && !sessions::any_ended(db, user.profile.id).await?)
}
