//! Security notices: emails to owners about changes to their account.

use estore_base::random;
use estore_contract::{user::Profile, verification::Purpose};
use sqlx::PgConnection;

use crate::{
    Error,
    app::App,
    store::outbox::{self, Mail, Notice},
};

/// Enqueues a notice to the owner, at the address in `profile`.
pub(crate) async fn enqueue(
    app: &App,
    transaction: &mut PgConnection,
    profile: &Profile,
    notice: Notice,
) -> Result<(), Error> {
    let mail = Mail {
        id: random::uuid_v7(app.clock.as_ref()),
        user: profile.id,
        email: &profile.email,
        purpose: Purpose::SecurityNotice,
        name: profile.name.as_str(),
        notice: Some(notice),
        locale: profile.locale,
    };
    Ok(outbox::push(transaction, mail, app.clock.now()).await?)
}
