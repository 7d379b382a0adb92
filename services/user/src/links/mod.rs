//! Links in mails: sending them, and what a press does. The link that is pressed decides, in one transaction with everything that it
//! makes void; `mailed_links` says what each does.

mod moves;
mod press;
mod registration;

use estore_contract::verification::LinkOutcome;
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

/// Sends a mail with a link of its addressee's account, and keeps what the link does.
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

/// Counts a press that is committed, and wakes the jobs that it may have given work.
pub(crate) fn tell(app: &App, pressed: Pressed) {
    if pressed.first && pressed.outcome == LinkOutcome::Verified {
        app.metrics.verified.inc();
    }
    app.mail.notify_one();
    app.closed.notify_one();
}
