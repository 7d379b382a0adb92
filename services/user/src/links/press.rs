//! The press of a link that verifies an address.

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

/// The result of a press.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pressed {
    pub(crate) outcome: LinkOutcome,
    /// True if this press had the effect, and not an earlier one.
    pub(crate) first: bool,
    /// True if the person who pressed it may be logged in.
    pub(crate) may_log_in: bool,
}

const NOTHING: Pressed = Pressed { outcome: LinkOutcome::Superseded, first: false, may_log_in: false };

/// Presses the link in the email `mail`, sent to `email`, for `user`. The caller holds the lock on
/// `user`.
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
        // A replica of the previous release accepts a registration without ending the others.
        (Kind::Registration, Some(registered)) if !user.profile.email_verified => {
            registration::apply(db, user, link.mail, registered, now).await?
        }
        (Kind::Move, _) => moves::make(app, db, user, link.mail, email).await?,
        _ => return Ok(NOTHING),
    };
    Ok(Pressed { outcome, first: true, may_log_in: outcome == LinkOutcome::Verified })
}

/// Reports whether a link that was pressed before may log in again, since the first answer may have
/// been lost. It may if nothing happened since: the password is the one that the link set, and no
/// session has ended.
async fn is_repeat(db: &mut PgConnection, user: &User, link: &Link) -> Result<bool, Error> {
    let same = link.password_hash.as_ref() == Some(&user.password_hash);
    Ok(same && !sessions::any_ended(db, user.profile.id).await?)
}
