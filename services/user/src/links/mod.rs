//! Links in emails: sending them, and the effect of a press. The pressed link takes effect in one
//! transaction, together with every link and session that it makes invalid. The table
//! `mailed_links` records the effect of each link.

mod moves;
mod press;
mod registration;
pub(crate) mod requested;

use estore_contract::{UserId, verification::LinkOutcome};
use sqlx::PgConnection;
use time::OffsetDateTime;

pub(crate) use moves::{letter, undo};
pub(crate) use press::{Pressed, press};

use crate::{
    app::App,
    store::{
        links::{self, Kind, NewLink, Registration},
        outbox::{self, Mail},
    },
};

/// Sends an email with a link for its addressee's account, and stores the effect of the link.
pub(crate) async fn send(
    db: &mut PgConnection,
    mail: Mail<'_>,
    kind: Kind,
    registration: Option<&Registration>,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let link = NewLink { mail: mail.id, user: mail.user, kind, email: mail.email, registration };
    outbox::push(db, mail, now).await?;
    links::add(db, link, now).await
}

/// Sends an email with a link that another link has promised, whatever the address has got already.
/// Otherwise whoever uses up the address's emails could keep its owner from the account.
pub(crate) async fn send_promised(
    db: &mut PgConnection,
    mail: Mail<'_>,
    kind: Kind,
    now: OffsetDateTime,
) -> Result<(), sqlx::Error> {
    let link = NewLink { mail: mail.id, user: mail.user, kind, email: mail.email, registration: None };
    outbox::push_promised(db, mail, now).await?;
    links::add(db, link, now).await
}

/// Counts or logs a committed press of a link of `user`, and wakes the jobs that it may have given
/// work. After a restore, operators need the log: the database does not know the press any more.
pub(crate) fn after_press(app: &App, user: UserId, pressed: Pressed) {
    let Pressed { outcome, first, .. } = pressed;
    match outcome {
        LinkOutcome::Verified if first => app.metrics.verified.inc(),
        LinkOutcome::Moved | LinkOutcome::Stopped | LinkOutcome::Reverted if first => {
            tracing::info!(%user, outcome = outcome.as_str(), "link about a move pressed");
        }
        _ => {}
    }
    app.mail.notify_one();
    app.closed.notify_one();
}
